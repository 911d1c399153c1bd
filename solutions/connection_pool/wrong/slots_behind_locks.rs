//! Wrong: each slot is a lock with a connection in it, which stays there when its caller is dropped. Caught by: left_halfway

use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::{Mutex, Semaphore};

pub struct Pool {
    server: Server,
    places: Semaphore,
    slots: Vec<Mutex<Option<Connection>>>,
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        let places = Semaphore::new(max);
        let slots = (0..max).map(|_| Mutex::default()).collect();
        Self { server, places, slots }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let _place = self.places.acquire().await.expect("never closed");
        let free: Vec<_> = self.slots.iter().filter_map(|slot| slot.try_lock().ok()).collect();
        let by_need = |slot: &tokio::sync::MutexGuard<'_, Option<Connection>>| slot.is_none();
        let mut slot = free.into_iter().min_by_key(by_need).expect("there is a place");
        if slot.is_none() {
            *slot = Some(self.server.connect().await?);
        }
        let answer = slot.as_mut().expect("just opened").ask(question).await;
        if answer.is_err() {
            *slot = None;
        }
        answer
    }
}
