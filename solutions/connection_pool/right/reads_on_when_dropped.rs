//! Right: the ask is a future that owns its connection. When the caller is dropped, a
//! guard spawns what is left of it: the answer is read, and the connection is fit again.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;

use futures::future::LocalBoxFuture;
use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

type Asking = LocalBoxFuture<'static, Result<Answer, ServerError>>;

pub struct Pool {
    server: Server,
    places: Arc<Semaphore>,
    idle: Rc<RefCell<Vec<Connection>>>,
}

struct ReadsOn(Option<Asking>);

impl Drop for ReadsOn {
    fn drop(&mut self) {
        if let Some(asking) = self.0.take() {
            if !std::thread::panicking() {
                tokio::task::spawn_local(asking);
            }
        }
    }
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        Self {
            server,
            places: Arc::new(Semaphore::new(max)),
            idle: Rc::default(),
        }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.expect("never closed");
        let idle = self.idle.borrow_mut().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.server.connect().await?,
        };
        let asking = ask(connection, question, place, Rc::clone(&self.idle));
        let mut asking = ReadsOn(Some(Box::pin(asking)));
        let answer = poll_fn(|context| {
            let asking = asking.0.as_mut().expect("it is not over");
            asking.as_mut().poll(context)
        })
        .await;
        asking.0 = None;
        answer
    }
}

async fn ask(
    mut connection: Connection,
    question: Question,
    _place: OwnedSemaphorePermit,
    idle: Rc<RefCell<Vec<Connection>>>,
) -> Result<Answer, ServerError> {
    let answer = connection.ask(question).await?;
    idle.borrow_mut().push(connection);
    Ok(answer)
}
