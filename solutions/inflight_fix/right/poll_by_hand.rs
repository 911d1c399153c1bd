//! Right: a hand-written future: each caller that is polled polls the fetch, whose waker rings for everyone.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use futures::future::{FutureExt, LocalBoxFuture};
use kit::{Db, DbError, User, UserId};

type Answer = Result<User, DbError>;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    state: Rc<State>,
}

#[derive(Default)]
struct State {
    users: RefCell<HashMap<UserId, User>>,
    in_flight: RefCell<HashMap<UserId, Weak<Flight>>>,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        let state = Rc::default();
        Self { db, state }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Answer {
        loop {
            let cached = self.state.users.borrow().get(&id).cloned();
            if let Some(user) = cached {
                return Ok(user);
            }
            if let Some(answer) = self.join(id).await {
                return answer;
            }
        }
    }

    fn join(&self, id: UserId) -> Passenger {
        let mut in_flight = self.state.in_flight.borrow_mut();
        let found = in_flight.get(&id).and_then(Weak::upgrade);
        let flight = found.unwrap_or_else(|| {
            let db = self.db.clone();
            let fetch = async move { db.fetch_user(id).await };
            let flight = Rc::new(Flight {
                id,
                state: Rc::clone(&self.state),
                stage: RefCell::new(Stage::Fetching(fetch.boxed_local())),
                bell: Arc::default(),
            });
            in_flight.insert(id, Rc::downgrade(&flight));
            flight
        });
        let seat = Rc::new(());
        Passenger { flight, seat }
    }
}

/// One fetch, owned by those who wait for it.
struct Flight {
    id: UserId,
    state: Rc<State>,
    stage: RefCell<Stage>,
    bell: Arc<Bell>,
}

enum Stage {
    Fetching(LocalBoxFuture<'static, Answer>),
    /// `None`: the fetch panicked.
    Over(Option<Answer>),
}

impl Flight {
    fn poll(&self) -> Poll<Option<Answer>> {
        let mut stage = self.stage.borrow_mut();
        let fetch = match &mut *stage {
            Stage::Over(answer) => return Poll::Ready(answer.clone()),
            Stage::Fetching(fetch) => fetch,
        };
        let waker = Waker::from(Arc::clone(&self.bell));
        let mut context = Context::from_waker(&waker);
        let polled = catch_unwind(AssertUnwindSafe(|| fetch.poll_unpin(&mut context)));
        let (answer, panic) = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(answer)) => (Some(answer), None),
            Err(panic) => (None, Some(panic)),
        };
        if let Some(Ok(user)) = &answer {
            let mut users = self.state.users.borrow_mut();
            users.insert(self.id, user.clone());
        }
        *stage = Stage::Over(answer.clone());
        self.leave_map();
        self.bell.wake_by_ref();
        match panic {
            Some(panic) => resume_unwind(panic),
            None => Poll::Ready(answer),
        }
    }

    fn leave_map(&self) {
        self.state.in_flight.borrow_mut().remove(&self.id);
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        // A flight that is over has left; the entry may be a newer one's.
        if matches!(self.stage.get_mut(), Stage::Fetching(_)) {
            self.leave_map();
        }
    }
}

/// One caller on a flight; the address of its seat tells it from the others.
struct Passenger {
    flight: Rc<Flight>,
    seat: Rc<()>,
}

impl Passenger {
    fn number(&self) -> usize {
        Rc::as_ptr(&self.seat).addr()
    }
}

impl Future for Passenger {
    type Output = Option<Answer>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Answer>> {
        // Before the poll, so that no ring is missed.
        let waker = context.waker().clone();
        let bell = &self.flight.bell;
        bell.0.lock().unwrap().insert(self.number(), waker);
        self.flight.poll()
    }
}

impl Drop for Passenger {
    fn drop(&mut self) {
        let bell = &self.flight.bell;
        bell.0.lock().unwrap().remove(&self.number());
    }
}

/// Wakes every passenger, whichever of them polled the fetch last.
#[derive(Default)]
struct Bell(Mutex<HashMap<usize, Waker>>);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // The lock is let go first: a waker may run anything.
        let everyone = std::mem::take(&mut *self.0.lock().unwrap());
        everyone.into_values().for_each(Waker::wake);
    }
}
