//! Right: a future written by hand. One of those who wait sends; when it is dropped it puts
//! its batch back, and wakes another one that takes over.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};

use kit::bulk::{Bulk, BulkError, Item, ItemId};

type Answer = Result<Option<Item>, BulkError>;
type Items = Result<Vec<Option<Item>>, BulkError>;

pub struct Loader {
    shared: Rc<Shared>,
}

struct Shared {
    bulk: Bulk,
    max_batch: usize,
    has_sender: Cell<bool>,
    waiting: RefCell<Vec<Rc<Slot>>>,
}

struct Slot {
    id: ItemId,
    answer: RefCell<Option<Answer>>,
    waker: RefCell<Waker>,
}

enum Role {
    Waits,
    LetsOthersCome,
    Sends {
        ids: Vec<ItemId>,
        batch: Vec<Rc<Slot>>,
        call: Pin<Box<dyn Future<Output = Items>>>,
    },
}

struct Load {
    shared: Rc<Shared>,
    slot: Rc<Slot>,
    role: Role,
}

impl Loader {
    pub fn new(bulk: Bulk, max_batch: usize) -> Self {
        let shared = Shared {
            bulk,
            max_batch,
            has_sender: Cell::new(false),
            waiting: RefCell::default(),
        };
        Self {
            shared: Rc::new(shared),
        }
    }

    pub async fn load(&self, id: ItemId) -> Result<Option<Item>, BulkError> {
        let slot = Rc::new(Slot {
            id,
            answer: RefCell::default(),
            waker: RefCell::new(Waker::noop().clone()),
        });
        self.shared.waiting.borrow_mut().push(Rc::clone(&slot));
        let shared = Rc::clone(&self.shared);
        let role = Role::Waits;
        Load { shared, slot, role }.await
    }
}

impl Shared {
    fn next_batch(&self) -> (Vec<ItemId>, Vec<Rc<Slot>>) {
        let mut ids: Vec<ItemId> = Vec::new();
        let mut waiting = self.waiting.borrow_mut();
        let batch = waiting.extract_if(.., |slot| {
            if ids.len() < self.max_batch && !ids.contains(&slot.id) {
                ids.push(slot.id);
            }
            ids.contains(&slot.id)
        });
        let batch = batch.collect();
        (ids, batch)
    }

    /// Somebody has to send what is left.
    fn pass_on(&self) {
        if let (false, Some(next)) = (self.has_sender.get(), self.waiting.borrow().first()) {
            next.waker.borrow().wake_by_ref();
        }
    }
}

impl Future for Load {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Answer> {
        let this = &mut *self;
        this.slot.waker.borrow_mut().clone_from(context.waker());
        loop {
            if let Some(answer) = this.slot.answer.take() {
                return Poll::Ready(answer);
            }
            match &mut this.role {
                Role::Waits if this.shared.has_sender.replace(true) => return Poll::Pending,
                Role::Waits => {
                    this.role = Role::LetsOthersCome;
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Role::LetsOthersCome => {
                    let (ids, batch) = this.shared.next_batch();
                    let (bulk, wanted) = (this.shared.bulk.clone(), ids.clone());
                    let call = Box::pin(async move { bulk.load(wanted).await });
                    this.role = Role::Sends { ids, batch, call };
                }
                Role::Sends { ids, batch, call } => {
                    let items = ready!(call.as_mut().poll(context));
                    for slot in batch.drain(..) {
                        let place = ids.iter().position(|id| *id == slot.id);
                        let item = |items: &Vec<Option<Item>>| items[place?].clone();
                        let answer = items.as_ref().map(item).map_err(Clone::clone);
                        slot.answer.replace(Some(answer));
                        slot.waker.borrow().wake_by_ref();
                    }
                    this.role = Role::Waits;
                    this.shared.has_sender.set(false);
                }
            }
        }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        let mut waiting = self.shared.waiting.borrow_mut();
        match &mut self.role {
            Role::Waits => {}
            Role::LetsOthersCome => self.shared.has_sender.set(false),
            Role::Sends { batch, .. } => {
                // Not those who are gone meanwhile: nobody else has their slots.
                let still_there = |slot: &Rc<Slot>| Rc::strong_count(slot) > 1;
                waiting.splice(..0, batch.drain(..).filter(still_there));
                self.shared.has_sender.set(false);
            }
        }
        waiting.retain(|slot| !Rc::ptr_eq(slot, &self.slot));
        drop(waiting);
        self.shared.pass_on();
    }
}
