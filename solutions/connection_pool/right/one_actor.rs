//! Right: one task owns the line, the connections and all that is under way. It reads each
//! answer to its end, whether the caller is still there or not.

use std::collections::VecDeque;

use futures::future::LocalBoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use kit::server::{Answer, Connection, Question, Server, ServerError};
use tokio::sync::{mpsc, oneshot};

type Told = oneshot::Sender<Result<Answer, ServerError>>;

enum Done {
    Connected(Result<Connection, ServerError>),
    Asked(Connection, Result<Answer, ServerError>, Told),
}

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
    let mut line: VecDeque<(Question, Told)> = VecDeque::new();
    let mut idle: Vec<Connection> = Vec::new();
    let mut under_way: FuturesUnordered<LocalBoxFuture<'static, Done>> = FuturesUnordered::new();
    let mut connecting = 0;
    let mut open = true;
    while open || !under_way.is_empty() {
        tokio::select! {
            job = todo.recv(), if open => match job {
                Some(job) => line.push_back(job),
                None => open = false,
            },
            Some(done) = under_way.next() => match done {
                Done::Connected(result) => {
                    connecting -= 1;
                    match result {
                        Ok(connection) => idle.push(connection),
                        Err(error) => {
                            line.retain(|(_, told)| !told.is_closed());
                            if let Some((_, told)) = line.pop_front() {
                                let _ = told.send(Err(error));
                            }
                        }
                    }
                }
                Done::Asked(connection, result, told) => {
                    if result.is_ok() {
                        idle.push(connection);
                    }
                    let _ = told.send(result);
                }
            },
        }
        line.retain(|(_, told)| !told.is_closed());
        while !line.is_empty() {
            let Some(mut connection) = idle.pop() else { break };
            let (question, told) = line.pop_front().expect("it is not empty");
            under_way.push(Box::pin(async move {
                let result = connection.ask(question).await;
                Done::Asked(connection, result, told)
            }));
        }
        while connecting < line.len() && under_way.len() < max {
            connecting += 1;
            let server = server.clone();
            under_way.push(Box::pin(async move { Done::Connected(server.connect().await) }));
        }
    }
}
