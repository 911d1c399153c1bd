//! Wrong: after `Broken` another connection, which is idle and healthy, is closed as well. Caught by: stays_open

use kit::server::{Answer, Connection, Question, Server, ServerError};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use tokio::sync::oneshot;
type Told = oneshot::Sender<Result<Answer, ServerError>>;
struct State {
    server: Server,
    line: VecDeque<(Question, Told)>,
    idle: Vec<Connection>,
    free: usize,
}
type Shared = Rc<RefCell<State>>;
pub struct Pool(Shared);
struct Place(Shared);
impl Drop for Place {
    fn drop(&mut self) {
        self.0.borrow_mut().free += 1;
        deal(&self.0);
    }
}
fn deal(s: &Shared) {
    loop {
        let mut st = s.borrow_mut();
        while st.line.front().is_some_and(|(_, t)| t.is_closed()) {
            st.line.pop_front();
        }
        if st.free == 0 || st.line.is_empty() {
            return;
        }
        st.free -= 1;
        let (q, told) = st.line.pop_front().unwrap();
        let idle = st.idle.pop();
        let server = st.server.clone();
        let place = Place(s.clone());
        drop(st);
        tokio::task::spawn_local(serve(place, server, idle, q, told));
    }
}
async fn serve(place: Place, server: Server, idle: Option<Connection>, q: Question, told: Told) {
    let mut c = match idle {
        Some(c) => c,
        None => match server.connect().await {
            Ok(c) => c,
            Err(e) => {
                let _ = told.send(Err(e));
                return;
            }
        },
    };

    let answer = c.ask(q).await;
    if answer.is_ok() {
        place.0.borrow_mut().idle.push(c);
    } else if place.0.borrow().idle.len() >= 2 {
        place.0.borrow_mut().idle.pop();
    }
    let _ = told.send(answer);
    drop(place);
}
impl Drop for Pool {
    fn drop(&mut self) {
        let idle = std::mem::take(&mut self.0.borrow_mut().idle);
        drop(idle);
    }
}
impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        Self(Rc::new(RefCell::new(State {
            server,
            line: VecDeque::new(),
            idle: Vec::new(),
            free: max,
        })))
    }
    pub async fn ask(&self, q: Question) -> Result<Answer, ServerError> {
        let (tx, rx) = oneshot::channel();
        self.0.borrow_mut().line.push_back((q, tx));
        deal(&self.0);
        rx.await.expect("an answer")
    }
}
