//! Who may ask, and what a page may do: the checks on every request and the headers of
//! every answer.
//!
//! The server is bound to the loopback address, so it is reached from this machine only.
//! Every client shows a key. It is in the address that is printed and opened, and the
//! browser keeps it as a cookie; other users of the machine have no key. Pages of other
//! sites in a browser with the key are kept out by the name they ask for (`Host`), by what
//! the browser says of them (`Sec-Fetch-Site`), and by a token that only our pages can
//! read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use hyper::HeaderMap;
use hyper::header::{COOKIE, HOST, HeaderName, HeaderValue};

/// Carries the token.
pub const TOKEN: &str = "x-learn-token";

/// What the book's pages may load and do. The book itself is built to satisfy it; the two
/// hashes are of style attributes that mdBook's own code sets.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    style-src-attr 'unsafe-hashes' 'sha256-CGXxaj0DmoXwah0xVFENUQ9ibw0TQPsFwXrIP8xMjvc=' \
    'sha256-GwBMUOkilxWV/vOwWStLnfQBQ7rYfHT7o40jQLKt1fI='; \
    img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'self'; \
    form-action 'none'; frame-ancestors 'none'";

/// Headers of every answer.
const ALWAYS: [(&str, &str); 7] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    // Requested again each time, so that a page never shows an old state.
    ("cache-control", "no-cache"),
];

/// Puts the common headers on an answer.
pub(super) fn cover(headers: &mut HeaderMap) {
    for (name, value) in ALWAYS {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
}

/// Decides which requests are allowed.
#[derive(Clone, Debug)]
pub struct Guard {
    hosts: [String; 3],
    token: String,
    key: String,
    /// The cookie that holds the key. A browser keeps one of each name for all ports.
    cookie: String,
}

impl Guard {
    /// The guard of a server at this port.
    pub fn new(port: u16, token: String, key: String) -> Guard {
        Guard {
            hosts: ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}")),
            token,
            key,
            cookie: format!("learn-{port}"),
        }
    }

    /// Whether a request's query shows the key.
    pub(super) fn opens(&self, query: &str) -> bool {
        let mut pairs = query.split('&');
        pairs.any(|pair| {
            pair.strip_prefix("key=")
                .is_some_and(|given| self.is_key(given))
        })
    }

    /// Whether a request comes from a browser that showed the key before.
    pub(super) fn knows(&self, headers: &HeaderMap) -> bool {
        let lists = headers.get_all(COOKIE).iter();
        let lists = lists.filter_map(|list| list.to_str().ok());
        let mut cookies = lists.flat_map(|list| list.split(';'));
        cookies.any(|cookie| {
            let pair = cookie.trim().split_once('=');
            pair.is_some_and(|(name, given)| name == self.cookie && self.is_key(given))
        })
    }

    /// The cookie by which a browser is recognised from now on. No script can read it, and
    /// requests from other sites' pages do not carry it.
    pub(super) fn cookie(&self) -> String {
        let (name, key) = (&self.cookie, &self.key);
        format!("{name}={key}; Path=/; HttpOnly; SameSite=Strict")
    }

    fn is_key(&self, given: &str) -> bool {
        same(given.as_bytes(), self.key.as_bytes())
    }

    /// Whether the request is for us, by the name it uses: a page of another site whose
    /// name suddenly points here still sends its own name.
    pub(super) fn is_for_us(&self, headers: &HeaderMap) -> bool {
        let mut hosts = headers.get_all(HOST).iter();
        let host = hosts.next().and_then(|host| host.to_str().ok());
        let known = |host: &str| self.hosts.iter().any(|it| it.eq_ignore_ascii_case(host));
        host.is_some_and(known) && hosts.next().is_none()
    }

    /// Whether a page of another site makes the request, as far as the browser says.
    pub(super) fn is_from_elsewhere(&self, headers: &HeaderMap) -> bool {
        let site = headers.get("sec-fetch-site");
        site.is_some_and(|site| site != "same-origin" && site != "none")
    }

    /// Whether the request carries the token.
    pub(super) fn has_token(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(TOKEN).map(HeaderValue::as_bytes);
        given.is_some_and(|given| same(given, self.token.as_bytes()))
    }
}

/// Compares in a time that does not reveal where the two differ.
fn same(one: &[u8], two: &[u8]) -> bool {
    let pairs = one.iter().zip(two);
    one.len() == two.len() && pairs.fold(0, |sum, (one, two)| sum | (one ^ two)) == 0
}

/// The number of digits in a key.
const KEY: usize = 16;

/// The key of the course that is built in `target`: the same whenever it is served, so that
/// open pages keep working after a restart. Only its owner can read it.
///
/// # Errors
/// When the system has no randomness to give.
pub fn key_of(target: &Path) -> Result<String, getrandom::Error> {
    let place = target.join("grader/learn-key");
    if let Some(kept) = kept(&place) {
        return Ok(kept);
    }
    let mut key = new_token()?;
    key.truncate(KEY);
    // If it cannot be kept, the next start has another one.
    let _ = keep(&place, &key);
    Ok(key)
}

/// The kept key, if nobody else can have read or written it.
fn kept(place: &Path) -> Option<String> {
    let file = File::open(place).ok()?;
    let meta = file.metadata().ok()?;
    let is_ours = meta.uid() == rustix::process::geteuid().as_raw() && meta.mode() & 0o077 == 0;
    let mut key = String::new();
    file.take(100).read_to_string(&mut key).ok()?;
    let is_key = key.len() == KEY && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_ours && is_key).then_some(key)
}

fn keep(place: &Path, key: &str) -> io::Result<()> {
    place.parent().map_or(Ok(()), fs::create_dir_all)?;
    match fs::remove_file(place) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut new = OpenOptions::new();
    let mut file = new.write(true).create_new(true).mode(0o600).open(place)?;
    file.write_all(key.as_bytes())
}

/// A token that nobody can guess.
///
/// # Errors
/// When the system has no randomness to give.
pub fn new_token() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_key_is_kept_as_long_as_nobody_else_can_have_it() {
        let target = tempfile::tempdir().unwrap();
        let key = key_of(target.path()).unwrap();
        assert_eq!(key.len(), KEY);
        assert_eq!(key_of(target.path()).unwrap(), key);
        let place = target.path().join("grader/learn-key");
        let mode = |mode| fs::set_permissions(&place, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(fs::metadata(&place).unwrap().mode() & 0o777, 0o600);
        mode(0o644);
        let other = key_of(target.path()).unwrap();
        assert_ne!(other, key);
        for text in ["", "0123", "0123456789abcdeg", "0123456789abcdef0"] {
            fs::write(&place, text).unwrap();
            mode(0o600);
            assert_ne!(key_of(target.path()).unwrap(), text);
        }
    }

    #[test]
    fn a_browser_is_known_by_its_cookie_for_this_port_only() {
        let guard = Guard::new(3000, "t".to_owned(), "0123456789abcdef".to_owned());
        let knows = |cookie: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, HeaderValue::from_str(cookie).unwrap());
            guard.knows(&headers)
        };
        assert!(knows("learn-3000=0123456789abcdef"));
        assert!(knows("a=b; learn-3000=x;learn-3000=0123456789abcdef; c"));
        for wrong in [
            "",
            "learn-3000",
            "learn-3000=",
            "learn-3001=0123456789abcdef",
            "learn-3000=0123456789abcdeF",
            "xlearn-3000=0123456789abcdef",
        ] {
            assert!(!knows(wrong), "{wrong}");
        }
        assert!(!guard.knows(&HeaderMap::new()));
        assert!(guard.opens("key=0123456789abcdef") && guard.opens("a=b&key=0123456789abcdef"));
        assert!(!guard.opens("") && !guard.opens("key=") && !guard.opens("xkey=0123456789abcdef"));
    }
}
