//! Who may ask, and what a page may do: the checks on every request and the headers of
//! every answer.
//!
//! The server is bound to the loopback address, so it is reached from this machine only.
//! That leaves pages of other sites in a browser here, which are kept out by the name they
//! ask for (`Host`), by what the browser says of them (`Sec-Fetch-Site`), and by a token
//! that only a page of ours can read; and other users of the machine, see `neighbour.rs`.

use hyper::HeaderMap;
use hyper::header::{HOST, HeaderName, HeaderValue};

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
    // Asked for again each time: what is shown is what is there.
    ("cache-control", "no-cache"),
];

/// Puts the headers on an answer that every answer has.
pub(super) fn cover(headers: &mut HeaderMap) {
    for (name, value) in ALWAYS {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
}

/// Decides who may ask.
#[derive(Clone, Debug)]
pub struct Guard {
    hosts: [String; 3],
    token: String,
}

impl Guard {
    /// The guard of a server at this port.
    pub fn new(port: u16, token: String) -> Guard {
        Guard {
            hosts: ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}")),
            token,
        }
    }

    /// Whether the request is for us, by the name it uses: a page of another site whose
    /// name suddenly leads here still sends its own.
    pub(super) fn is_for_us(&self, headers: &HeaderMap) -> bool {
        let mut hosts = headers.get_all(HOST).iter();
        let host = hosts.next().and_then(|host| host.to_str().ok());
        let known = |host: &str| self.hosts.iter().any(|it| it.eq_ignore_ascii_case(host));
        host.is_some_and(known) && hosts.next().is_none()
    }

    /// Whether a page of another site asks, as far as the browser says.
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

/// Equal or not, in a time that does not say where they differ.
fn same(one: &[u8], two: &[u8]) -> bool {
    let pairs = one.iter().zip(two);
    one.len() == two.len() && pairs.fold(0, |sum, (one, two)| sum | (one ^ two)) == 0
}

/// A token nobody guesses.
///
/// # Errors
/// When the system has no randomness to give.
pub fn new_token() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
