//! The stream of changes a page listens to (server-sent events): first the whole state,
//! then every change.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use http_body_util::channel::{Channel, Sender};
use hyper::Response;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::server::Body;
use super::state::{Board, News, json};

/// How long a stream stays silent at most; otherwise a page that has gone is not noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// An answer that goes on until the page is closed.
pub(super) fn stream(board: Arc<Board>) -> Response<Body> {
    let (sender, body) = Channel::new(4);
    tokio::spawn(async move { send(&board, sender).await });
    let mut answer = Response::new(body.boxed());
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    answer
}

/// Sends until the page is closed.
async fn send(board: &Board, mut page: Sender<Bytes>) {
    let (state, mut news) = board.listen(json);
    let mut next = format!("retry: 1000\n{}", event("state", &state));
    while page.send_data(Bytes::from(next)).await.is_ok() {
        next = match tokio::time::timeout(HEARTBEAT, heard(board, &mut news)).await {
            Ok(Some(text)) => text,
            Ok(None) => return,
            Err(_) => ": still here\n\n".to_owned(),
        };
    }
}

/// The next change; the whole state if some were missed.
async fn heard(board: &Board, news: &mut Receiver<News>) -> Option<String> {
    match news.recv().await {
        Ok(News { what, data }) => Some(event(what.name(), &data)),
        Err(RecvError::Lagged(_)) => {
            let (state, from_now_on) = board.listen(json);
            *news = from_now_on;
            Some(event("state", &state))
        }
        Err(RecvError::Closed) => None,
    }
}

/// One event; `data` is JSON, which has no line break in it.
fn event(name: &str, data: &str) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}
