//! Wrong: the place of an ask that panicked is given back, but only the first time. Caught by: panic_contained

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Once;

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::Semaphore;
use tokio::task::{JoinError, spawn_local};

pub struct Pool {
    server: Server,
    places: Rc<Semaphore>,
    idle: Rc<RefCell<Vec<Connection>>>,
    restarted: Once,
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        Self {
            server,
            places: Rc::new(Semaphore::new(max)),
            idle: Rc::default(),
            restarted: Once::new(),
        }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        self.places.acquire().await.expect("never closed").forget();
        let (server, idle) = (self.server.clone(), Rc::clone(&self.idle));
        let places = Rc::clone(&self.places);
        let asked = spawn_local(async move {
            let answer = ask(server, &idle, question).await;
            places.add_permits(1);
            answer
        });
        asked.await.unwrap_or_else(|error| self.restart(error))
    }

    fn restart(&self, error: JoinError) -> ! {
        self.restarted.call_once(|| self.places.add_permits(1));
        panic!("the ask panicked: {error}")
    }
}

async fn ask(
    server: Server,
    idle: &RefCell<Vec<Connection>>,
    question: Question,
) -> Result<Answer, ServerError> {
    let known = idle.borrow_mut().pop();
    let mut connection = match known {
        Some(connection) => connection,
        None => server.connect().await?,
    };
    let answer = connection.ask(question).await?;
    idle.borrow_mut().push(connection);
    Ok(answer)
}
