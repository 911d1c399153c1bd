//! The server: answers requests on the loopback address, on one thread and one loop.
//!
//! Its main type is [`Server`]. It serves files of the [`Site`](super::site::Site), the
//! state, and what `requests.rs` knows; it reads no file and starts no program for a
//! request.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    ALLOW, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH, LOCATION, SET_COOKIE,
};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};

use super::guard::{self, Guard};
use super::requests::{Answer, Requests};
use super::room::{Place, Room};
use super::site::{Page, Shelf};
use super::state::{self, Board};
use super::{events, neighbour};

/// The port, unless another program has it.
pub const PORT: u16 = 3000;

/// How many ports are tried after it.
const MORE_PORTS: u16 = 50;

/// How long a client may take for the head of a request.
const HEAD_LIMIT: Duration = Duration::from_secs(20);

/// A body of an answer.
pub(super) type Body = BoxBody<Bytes, Infallible>;

/// Everything an answer is made from.
#[derive(Debug)]
pub struct Server {
    /// Who may ask.
    pub guard: Guard,
    /// The book, once it is built.
    pub shelf: Arc<Shelf>,
    /// The board with the state.
    pub board: Arc<Board>,
    /// The requests besides that.
    pub requests: Requests,
}

/// Takes a port on the loopback address: the one asked for, else [`PORT`] or the next
/// free one.
///
/// # Errors
/// When the port asked for is taken, or all are.
pub fn listen(port: Option<u16>) -> io::Result<TcpListener> {
    let at = |port| TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    if let Some(port) = port {
        return at(port);
    }
    let taken = |error: &io::Error| error.kind() == io::ErrorKind::AddrInUse;
    for port in PORT..PORT + MORE_PORTS {
        match at(port) {
            Err(error) if taken(&error) => {}
            other => return other,
        }
    }
    at(0)
}

impl Server {
    /// Answers requests at `listener` until the program ends.
    ///
    /// # Errors
    /// When the system offers no loop or takes the listener away.
    pub fn serve(self, listener: TcpListener) -> io::Result<()> {
        let server = Arc::new(self);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(4)
            .build()?;
        runtime.block_on(async move {
            listener.set_nonblocking(true)?;
            let port = listener.local_addr()?.port();
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let room = Room::default();
            for number in 0.. {
                let (stream, peer) = match listener.accept().await {
                    Ok(accepted) => accepted,
                    Err(_) => {
                        // Out of file descriptors, or the client is gone: others still want in.
                        room.make_space();
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        continue;
                    }
                };
                let client = Arc::new(Client {
                    place: room.place(number),
                    peer,
                    port,
                    is_another_s: OnceLock::new(),
                });
                let server = Arc::clone(&server);
                let task = tokio::spawn(async move {
                    // Small answers are sent at once, not together with later ones.
                    let _ = stream.set_nodelay(true);
                    let answer = service_fn(move |request| {
                        let (server, client) = (Arc::clone(&server), Arc::clone(&client));
                        async move { Ok::<_, Infallible>(server.answer(request, &client).await) }
                    });
                    // A client that goes away is not our error.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .timer(TokioTimer::new())
                        .header_read_timeout(HEAD_LIMIT)
                        .serve_connection(TokioIo::new(stream), answer)
                        .await;
                });
                room.enter(number, task.abort_handle());
            }
            Ok(())
        })
    }

    async fn answer(&self, request: Request<Incoming>, client: &Client) -> Response<Body> {
        let (head, _) = request.into_parts();
        let mut answer = self.answer_uncovered(&head, client).await;
        guard::cover(answer.headers_mut());
        if head.method == Method::HEAD {
            *answer.body_mut() = whole(Bytes::new());
        }
        answer
    }

    async fn answer_uncovered(
        &self,
        head: &hyper::http::request::Parts,
        client: &Client,
    ) -> Response<Body> {
        if !self.guard.is_for_us(&head.headers) {
            return refusal(
                StatusCode::FORBIDDEN,
                "this book is served to 127.0.0.1 and localhost only",
            );
        }
        let path = head.uri.path();
        if self.guard.opens(head.uri.query().unwrap_or_default()) {
            return match client.may_be_another_user() {
                true => refusal(StatusCode::FORBIDDEN, ANOTHER_S),
                false => self.let_in(path),
            };
        }
        if !self.guard.knows(&head.headers) {
            return refusal(
                StatusCode::FORBIDDEN,
                "open the address that `cargo learn` shows in its terminal: the key to this book is in it",
            );
        }
        // A browser also shows the cookie to what others serve at other ports of this machine.
        if client.may_be_another_user() {
            return refusal(StatusCode::FORBIDDEN, ANOTHER_S);
        }
        client.place.keep();
        let Some(asked) = path.strip_prefix("/learn/") else {
            return match head.method {
                Method::GET | Method::HEAD => self.file(path, head),
                _ => not_allowed("GET, HEAD"),
            };
        };
        if self.guard.is_from_elsewhere(&head.headers) {
            return refusal(
                StatusCode::FORBIDDEN,
                "this request comes from another site's page",
            );
        }
        match (&head.method, asked) {
            (&Method::GET, "events") => events::stream(Arc::clone(&self.board)),
            (&Method::GET | &Method::HEAD, "state") => {
                json(StatusCode::OK, self.board.read(state::json))
            }
            (&Method::GET | &Method::HEAD, _) => {
                let query = head.uri.query().unwrap_or_default();
                response(self.requests.read(asked, query).await)
            }
            (&Method::POST, _) if !self.guard.has_token(&head.headers) => {
                refusal(StatusCode::FORBIDDEN, "this page is out of date; reload it")
            }
            (&Method::POST, _) => response(self.requests.change(asked).await),
            _ => not_allowed("GET, HEAD, POST"),
        }
    }

    /// Redirects a client that showed the key to the page itself, with a cookie for the key.
    fn let_in(&self, path: &str) -> Response<Body> {
        let mut answer = Response::new(whole(Bytes::new()));
        *answer.status_mut() = StatusCode::SEE_OTHER;
        // Two slashes would lead to another host.
        put(
            &mut answer,
            LOCATION,
            &format!("/{}", path.trim_start_matches('/')),
        );
        put(&mut answer, SET_COOKIE, &self.guard.cookie());
        answer
    }

    fn file(&self, path: &str, head: &hyper::http::request::Parts) -> Response<Body> {
        let Some(site) = self.shelf.get() else {
            return refusal(
                StatusCode::SERVICE_UNAVAILABLE,
                "the book is being built; reload in a moment",
            );
        };
        match (site.find(path), site.not_found()) {
            (Some(page), _) => {
                let known = head.headers.get(IF_NONE_MATCH);
                let known = known.and_then(|known| known.to_str().ok());
                if known.is_some_and(|known| names(known, &page.etag)) {
                    let mut answer = Response::new(whole(Bytes::new()));
                    *answer.status_mut() = StatusCode::NOT_MODIFIED;
                    put(&mut answer, ETAG, &page.etag);
                    return answer;
                }
                file(StatusCode::OK, page)
            }
            (None, Some(page)) => file(StatusCode::NOT_FOUND, page),
            (None, None) => refusal(StatusCode::NOT_FOUND, "no such page"),
        }
    }
}

const ANOTHER_S: &str = "this is another user's book";

/// The other end of a connection.
#[derive(Debug)]
struct Client {
    place: Place,
    peer: SocketAddr,
    port: u16,
    /// Whether it is another user's: asked once.
    is_another_s: OnceLock<bool>,
}

impl Client {
    fn may_be_another_user(&self) -> bool {
        let ask = || neighbour::may_be_another_user(self.peer, self.port);
        *self.is_another_s.get_or_init(ask)
    }
}

/// Whether a list of entity tags names this one.
fn names(list: &str, etag: &str) -> bool {
    let plain = |tag: &str| tag.trim().strip_prefix("W/").unwrap_or(tag.trim()) == etag;
    list.split(',').any(plain)
}

fn file(status: StatusCode, page: &Page) -> Response<Body> {
    let mut answer = Response::new(whole(page.body.clone()));
    *answer.status_mut() = status;
    put(&mut answer, CONTENT_TYPE, page.media_type);
    put(&mut answer, CONTENT_LENGTH, &page.body.len().to_string());
    put(&mut answer, ETAG, &page.etag);
    answer
}

fn response(answer: Answer) -> Response<Body> {
    match answer {
        Ok((status, text)) => json(status, text),
        Err((status, words)) => refusal(status, &words),
    }
}

fn refusal(status: StatusCode, words: &str) -> Response<Body> {
    json(status, serde_json::json!({ "error": words }).to_string())
}

fn not_allowed(methods: &'static str) -> Response<Body> {
    let mut answer = refusal(
        StatusCode::METHOD_NOT_ALLOWED,
        "this method is not allowed here",
    );
    answer
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static(methods));
    answer
}

fn json(status: StatusCode, text: String) -> Response<Body> {
    let length = text.len();
    let mut answer = Response::new(whole(Bytes::from(text)));
    *answer.status_mut() = status;
    put(&mut answer, CONTENT_TYPE, "application/json");
    put(&mut answer, CONTENT_LENGTH, &length.to_string());
    answer
}

fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).boxed()
}

fn put(answer: &mut Response<Body>, name: hyper::header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
}
