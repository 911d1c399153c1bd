//! Wrong: an actor hands each answer to the caller whose question went out first. Caught by: own_answer

use std::collections::VecDeque;

use futures::future::LocalBoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::{mpsc, oneshot};

type Told = oneshot::Sender<Result<Answer, ServerError>>;
type Asked = (Option<Connection>, Result<Answer, ServerError>);

pub struct Pool {
    jobs: mpsc::UnboundedSender<(Question, Told)>,
}

impl Pool {
    pub fn new(server: Server, max: usize) -> Self {
        let (jobs, todo) = mpsc::unbounded_channel();
        tokio::task::spawn_local(run(server, max, todo));
        Self { jobs }
    }

    pub async fn ask(&self, question: Question) -> Result<Answer, ServerError> {
        let (tell, told) = oneshot::channel();
        let _ = self.jobs.send((question, tell));
        told.await.expect("the pool's task is gone")
    }
}

async fn run(server: Server, max: usize, mut todo: mpsc::UnboundedReceiver<(Question, Told)>) {
    let mut idle: Vec<Connection> = Vec::new();
    let mut callers: VecDeque<Told> = VecDeque::new();
    let mut under_way: FuturesUnordered<LocalBoxFuture<'static, Asked>> = FuturesUnordered::new();
    loop {
        tokio::select! {
            Some((connection, result)) = under_way.next() => {
                idle.extend(connection);
                if let Some(told) = callers.pop_front() {
                    let _ = told.send(result);
                }
            }
            job = todo.recv(), if under_way.len() < max => {
                let Some((question, told)) = job else { return };
                callers.push_back(told);
                let (known, server) = (idle.pop(), server.clone());
                under_way.push(Box::pin(async move {
                    let mut connection = match known {
                        Some(connection) => connection,
                        None => match server.connect().await {
                            Ok(connection) => connection,
                            Err(error) => return (None, Err(error)),
                        },
                    };
                    let result = connection.ask(question).await;
                    (result.is_ok().then_some(connection), result)
                }));
            }
        }
    }
}
