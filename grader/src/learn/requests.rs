//! Requests that a page can make below `/learn/`, besides the state: a thin layer over [`Desk`].

use std::path::Path;
use std::sync::Arc;

use hyper::StatusCode;
use serde::Serialize;

use super::desk::{Desk, Refused};
use super::state::json;
use crate::learn::put_back::PutBack;

/// JSON with its status, or words for an error.
pub(super) type Answer = Result<(StatusCode, String), (StatusCode, String)>;

/// Answers requests.
#[derive(Clone, Debug)]
pub struct Requests {
    desk: Arc<Desk>,
}

impl Requests {
    /// The requests that `desk` can answer.
    pub fn new(desk: Arc<Desk>) -> Requests {
        Requests { desk }
    }

    /// Reads something.
    pub(super) async fn read(&self, path: &str, query: &str) -> Answer {
        let (id, what) = drill(path)?;
        match what.as_str() {
            "solution" => self.ask(move |desk| Ok(json(&desk.solutions(&id)?))).await,
            "trace" => {
                let check = query
                    .split('&')
                    .find_map(|pair| pair.strip_prefix("check="));
                let check = check.unwrap_or_default().to_owned();
                self.ask(move |desk| desk.trace(&id, &check)).await
            }
            _ => Err(nothing()),
        }
    }

    /// Changes something; the caller has checked that the request may.
    pub(super) async fn change(&self, path: &str) -> Answer {
        let (id, what) = drill(path)?;
        match what.as_str() {
            "hint" => {
                self.ask(move |desk| {
                    desk.hint(&id)?;
                    now(desk, &id)
                })
                .await
            }
            "reset" => {
                self.ask(move |desk| {
                    let done = desk.reset(&id)?;
                    Ok(json(&WasReset::new(done, desk.course.root())))
                })
                .await
            }
            "grade" => {
                let answer = self
                    .ask(move |desk| {
                        desk.grade(&id)?;
                        now(desk, &id)
                    })
                    .await;
                answer.map(|(_, text)| (StatusCode::ACCEPTED, text))
            }
            _ => Err(nothing()),
        }
    }

    /// Asks the desk, on a thread that may wait for the disk.
    async fn ask(
        &self,
        ask: impl FnOnce(&Desk) -> Result<String, Refused> + Send + 'static,
    ) -> Answer {
        let desk = Arc::clone(&self.desk);
        let asked = tokio::task::spawn_blocking(move || ask(&desk)).await;
        match asked {
            Ok(Ok(text)) => Ok((StatusCode::OK, text)),
            Ok(Err(refused)) => {
                let status = match refused {
                    Refused::Unknown(_) => StatusCode::NOT_FOUND,
                    Refused::NotYet(_) => StatusCode::FORBIDDEN,
                    Refused::Failed(_) => StatusCode::CONFLICT,
                };
                Err((status, refused.to_string()))
            }
            Err(_) => Err((
                StatusCode::INTERNAL_SERVER_ERROR,
                "the grader itself failed; see the terminal".to_owned(),
            )),
        }
    }
}

/// The outcome of putting the stub back.
#[derive(Serialize)]
struct WasReset {
    /// The file was the stub.
    already: bool,
    /// Where the old file is kept, from the course's folder, if there was one.
    backup: Option<String>,
}

impl WasReset {
    fn new(done: PutBack, root: &Path) -> WasReset {
        let already = done == PutBack::Already;
        let backup = match done {
            PutBack::Already => None,
            PutBack::Done(backup) => backup,
        };
        let shown = |path: &Path| {
            path.strip_prefix(root)
                .unwrap_or(path)
                .display()
                .to_string()
        };
        WasReset {
            already,
            backup: backup.as_deref().map(shown),
        }
    }
}

/// The drill as it is now.
fn now(desk: &Desk, id: &str) -> Result<String, Refused> {
    let drill = desk.board.drill(id, json);
    drill.ok_or_else(|| Refused::Unknown("no such drill".to_owned()))
}

/// `drills/ID/WHAT`, taken apart; an id is `SLUG` or `SLUG/python`.
fn drill(path: &str) -> Result<(String, String), (StatusCode, String)> {
    let rest = path.strip_prefix("drills/").ok_or_else(nothing)?;
    let (id, what) = rest.rsplit_once('/').ok_or_else(nothing)?;
    Ok((id.to_owned(), what.to_owned()))
}

fn nothing() -> (StatusCode, String) {
    (StatusCode::NOT_FOUND, "there is nothing here".to_owned())
}
