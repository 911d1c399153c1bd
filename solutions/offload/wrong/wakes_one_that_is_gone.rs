//! Wrong: a slot that comes free is told to the first in the line; if that one is dropped before it runs, nobody else is told. Caught by: dropped_waiting

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use kit::{HashError, hash_password};
use tokio::sync::oneshot;

pub struct PasswordService {
    slots: Rc<Slots>,
}

struct Slots {
    free: Cell<usize>,
    line: RefCell<VecDeque<oneshot::Sender<()>>>,
}

struct Slot(Rc<Slots>);

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.free.set(self.0.free.get() + 1);
        let mut line = self.0.line.borrow_mut();
        // Those that are gone already are passed over.
        while let Some(first) = line.pop_front() {
            if first.send(()).is_ok() {
                break;
            }
        }
    }
}

impl Slots {
    async fn take(self: &Rc<Self>) -> Slot {
        while self.free.get() == 0 {
            let (tell, told) = oneshot::channel();
            self.line.borrow_mut().push_back(tell);
            let _ = told.await;
        }
        self.free.set(self.free.get() - 1);
        Slot(Rc::clone(self))
    }
}

impl PasswordService {
    pub fn new(max_parallel: usize) -> Self {
        let slots = Slots {
            free: Cell::new(max_parallel),
            line: RefCell::default(),
        };
        Self {
            slots: Rc::new(slots),
        }
    }

    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let slot = self.slots.take().await;
        // The task owns the slot, so that a hash whose caller is dropped counts.
        let hash = tokio::task::spawn_local(async move {
            let hash = tokio::task::spawn_blocking(move || hash_password(&password)).await;
            drop(slot);
            hash
        });
        match hash.await.expect("the task is not aborted") {
            Ok(result) => result,
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        }
    }
}
