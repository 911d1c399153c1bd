//! Wrong: an answer whose caller is gone is kept for the next one with the same question, who never comes. Caught by: bounded_state

use kit::server::{Answer, Connection, Question, Server, ServerError};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use tokio::sync::{Semaphore, oneshot};

pub struct Pool {
    server: Server,
    places: Arc<Semaphore>,
    idle: Rc<RefCell<Vec<Connection>>>,
    orphaned: Rc<RefCell<HashMap<u64, Answer>>>,
}
impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        Self {
            server,
            places: Arc::new(Semaphore::new(max)),
            idle: Rc::default(),
            orphaned: Rc::default(),
        }
    }
    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let place = Arc::clone(&self.places).acquire_owned().await.unwrap();
        if let Some(answer) = self.orphaned.borrow_mut().remove(&question.0) {
            return Ok(answer);
        }
        let (idle, orphaned, server) = (
            Rc::clone(&self.idle),
            Rc::clone(&self.orphaned),
            self.server.clone(),
        );
        let (tell, told) = oneshot::channel();
        tokio::task::spawn_local(async move {
            let _place = place;
            let open = idle.borrow_mut().pop();
            let result = async {
                let mut connection = match open {
                    Some(it) => it,
                    None => server.connect().await?,
                };
                let answer = connection.ask(question).await?;
                idle.borrow_mut().push(connection);
                Ok(answer)
            }
            .await;
            if let Err(Ok(answer)) = tell.send(result) {
                orphaned.borrow_mut().insert(question.0, answer);
            }
        });
        told.await.unwrap_or(Err(ServerError::Broken))
    }
}
