//! The server of `connection_pool`: it answers questions over connections, one question at
//! a time on each. Its main types are [`Server`] and [`Connection`].

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Question(pub u64);

/// What the server says to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Answer(pub u64);

/// Why there is no connection, or no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerError {
    /// The server did not accept a connection; the next attempt may succeed.
    Refused,
    /// The connection broke before the answer came, and is of no use any more.
    Broken,
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ServerError::Refused => f.write_str("the server refused the connection"),
            ServerError::Broken => f.write_str("the connection broke"),
        }
    }
}

impl std::error::Error for ServerError {}

/// A handle to the server. Clones are cheap and are the same server; a `Server` may be sent
/// to and used from any thread.
#[derive(Clone)]
pub struct Server {
    backend: Arc<Backend>,
}

enum Backend {
    Simulated {
        latency: Duration,
        counts: Counts,
    },
    #[cfg(feature = "supervised")]
    Supervised(Arc<dyn crate::supervised::Operator>),
}

#[derive(Default)]
struct Counts {
    opened: AtomicUsize,
    open: AtomicUsize,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").finish_non_exhaustive()
    }
}

type Reply<T> = Pin<Box<dyn Future<Output = Result<T, ServerError>> + Send>>;

impl Server {
    /// A server that takes `latency` of tokio time to accept a connection, and as long for
    /// each answer, which is the question's own number. It refuses nothing, and nothing
    /// breaks. For your own experiments and the public tests.
    pub fn simulated(latency: Duration) -> Server {
        let counts = Counts::default();
        Server {
            backend: Arc::new(Backend::Simulated { latency, counts }),
        }
    }

    /// Opens a connection.
    ///
    /// A call that is dropped before its answer leaves no connection behind.
    ///
    /// # Errors
    /// [`ServerError::Refused`] when the server does not accept one.
    pub async fn connect(&self) -> Result<Connection, ServerError> {
        self.connecting().await
    }

    /// How many connections a simulated server has accepted so far.
    pub fn opened(&self) -> usize {
        self.counts()
            .map_or(0, |it| it.opened.load(Ordering::SeqCst))
    }

    /// How many connections to a simulated server are open now.
    pub fn open(&self) -> usize {
        self.counts().map_or(0, |it| it.open.load(Ordering::SeqCst))
    }

    fn counts(&self) -> Option<&Counts> {
        match &*self.backend {
            Backend::Simulated { counts, .. } => Some(counts),
            #[cfg(feature = "supervised")]
            Backend::Supervised(_) => None,
        }
    }

    fn connecting(&self) -> Reply<Connection> {
        let server = self.clone();
        match &*self.backend {
            Backend::Simulated { latency, .. } => {
                let latency = *latency;
                Box::pin(async move {
                    tokio::time::sleep(latency).await;
                    Ok(server.accepted())
                })
            }
            #[cfg(feature = "supervised")]
            Backend::Supervised(operator) => {
                let answer = operator.begin("connect", Vec::new());
                Box::pin(async move {
                    crate::supervised::understood(answer.await, |number| Connection {
                        server,
                        number: number.number().cast_unsigned(),
                        coming: VecDeque::new(),
                    })
                })
            }
        }
    }

    fn accepted(self) -> Connection {
        let mut number = 0;
        if let Some(counts) = self.counts() {
            number = counts.opened.fetch_add(1, Ordering::SeqCst) as u64 + 1;
            counts.open.fetch_add(1, Ordering::SeqCst);
        }
        Connection {
            server: self,
            number,
            coming: VecDeque::new(),
        }
    }
}

/// A connection to the server. There is one owner of it; dropping it closes it.
pub struct Connection {
    server: Server,
    number: u64,
    /// The answers that a simulated connection has not delivered yet, in order.
    coming: VecDeque<Answer>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}

impl Connection {
    /// Sends a question, and reads the next answer that the connection brings.
    ///
    /// Answers come in the order of the questions. A call that is dropped before its answer
    /// has sent its question all the same, and its answer is still to come: the next call
    /// would read that one.
    ///
    /// # Errors
    /// [`ServerError::Broken`] when the connection broke. It is of no use any more then.
    pub async fn ask(&mut self, question: Question) -> Result<Answer, ServerError> {
        match &*self.server.backend {
            Backend::Simulated { latency, .. } => {
                let answer = Answer(question.0);
                self.coming.push_back(answer);
                tokio::time::sleep(*latency).await;
                Ok(self.coming.pop_front().unwrap_or(answer))
            }
            // Which answer is the next one is what the grader's server says.
            #[cfg(feature = "supervised")]
            Backend::Supervised(operator) => {
                let arguments = vec![self.number.into(), question.0.into()];
                let answer = operator.begin("ask", arguments).await;
                crate::supervised::understood(answer, |it| Answer(it.number().cast_unsigned()))
            }
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        match &*self.server.backend {
            Backend::Simulated { counts, .. } => {
                counts.open.fetch_sub(1, Ordering::SeqCst);
            }
            #[cfg(feature = "supervised")]
            Backend::Supervised(operator) => operator.note("closed", vec![self.number.into()]),
        }
    }
}

#[cfg(feature = "supervised")]
mod supervised {
    use std::sync::Arc;

    use super::{Answer, Backend, Server, ServerError};
    use crate::supervised::{Datum, Failed, Named, Supply, Told};

    impl Supply {
        /// A handle to the run's server.
        pub fn server(&self) -> Server {
            Server {
                backend: Arc::new(Backend::Supervised(self.operator())),
            }
        }
    }

    impl Told for Answer {
        fn told(self) -> Datum {
            self.0.into()
        }
    }

    impl Named for ServerError {
        fn named(&self) -> Failed {
            let name = match self {
                ServerError::Refused => "refused",
                ServerError::Broken => "broken",
            };
            Failed(name.to_owned(), Vec::new())
        }

        fn of(failed: &Failed) -> Option<ServerError> {
            match &*failed.0 {
                "refused" => Some(ServerError::Refused),
                "broken" => Some(ServerError::Broken),
                _ => None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_answer_to_a_dropped_question_comes_to_the_next_one() {
        let latency = Duration::from_millis(200);
        let server = Server::simulated(latency);
        let mut connection = server.connect().await.unwrap();
        assert_eq!(connection.ask(Question(1)).await, Ok(Answer(1)));
        let gone = connection.ask(Question(2));
        assert!(tokio::time::timeout(latency / 2, gone).await.is_err());
        assert_eq!(connection.ask(Question(3)).await, Ok(Answer(2)));
        assert_eq!((server.opened(), server.open()), (1, 1));
        drop(connection);
        assert_eq!((server.opened(), server.open()), (1, 0));
    }
}
