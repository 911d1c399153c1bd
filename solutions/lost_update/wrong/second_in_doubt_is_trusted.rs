//! Wrong: the known balance is doubted after one deposit was dropped in its write, but not after two. Caught by: dropped

use kit::bank::{AccountId, Bank, BankError};
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use tokio::sync::oneshot;
#[derive(Default)]
struct Line {
    waiting: VecDeque<(u64, oneshot::Sender<()>)>,
    next: u64,
    base: u64,
    known: Option<i64>,
    begun: u64,
    ended: u64,
}
type Lines = Rc<RefCell<HashMap<AccountId, Line>>>;
pub struct Accounts {
    bank: Bank,
    lines: Lines,
}
struct Seat {
    lines: Lines,
    id: AccountId,
    n: u64,
    turn: Option<oneshot::Receiver<()>>,
    has: bool,
}
impl Drop for Seat {
    fn drop(&mut self) {
        let mut has = self.has;
        if let Some(mut t) = self.turn.take() {
            t.close();
            has = t.try_recv().is_ok();
        }
        let mut lines = self.lines.borrow_mut();
        if has {
            let line = lines.get_mut(&self.id).unwrap();
            loop {
                match line.waiting.pop_front() {
                    Some((_, go)) => {
                        line.base += 1;
                        if go.send(()).is_ok() {
                            return;
                        }
                    }
                    None => break,
                }
            }
            lines.remove(&self.id);
        } else if let Some(line) = lines.get_mut(&self.id) {
            let n = self.n;
            line.waiting.retain(|w| w.0 != n);
        }
    }
}
impl Accounts {
    pub fn new(bank: Bank) -> Self {
        Self {
            bank,
            lines: Lines::default(),
        }
    }
    pub async fn deposit(&self, id: AccountId, amount: i64) -> Result<i64, BankError> {
        let (n, turn) = {
            let mut lines = self.lines.borrow_mut();
            match lines.get_mut(&id) {
                Some(line) => {
                    let (tx, rx) = oneshot::channel();
                    let n = line.next;
                    line.next += 1;
                    line.waiting.push_back((n, tx));
                    (n, Some(rx))
                }
                None => {
                    lines.insert(id, Line::default());
                    (0, None)
                }
            }
        };
        let mut seat = Seat {
            lines: Rc::clone(&self.lines),
            id,
            n,
            has: turn.is_none(),
            turn,
        };
        if let Some(t) = seat.turn.as_mut() {
            t.await.expect("passed");
            seat.turn = None;
            seat.has = true;
        }
        let known = self.lines.borrow().get(&id).and_then(|l| {
            if l.begun - l.ended == 1 {
                None
            } else {
                l.known
            }
        });
        let b = match known {
            Some(b) => b,
            None => self.bank.read(id).await?,
        } + amount;
        self.lines.borrow_mut().get_mut(&id).unwrap().begun += 1;
        let r = self.bank.write(id, b).await;
        {
            let mut l = self.lines.borrow_mut();
            let l = l.get_mut(&id).unwrap();
            l.ended += 1;
            if r.is_ok() {
                l.known = Some(b);
            }
        }
        r.map(|_| b)
    }
}
