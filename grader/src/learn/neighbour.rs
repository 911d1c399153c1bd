//! Other users of this machine: the loopback address is theirs as well.
//!
//! The system says which user owns a connection. It is asked when a connection shows the
//! key or its cookie for the first time, because the command line that opened a browser may
//! have shown the key to others, and so may the browser itself. The machine's administrator may come in.

use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The system's tables of connections: those by IPv4, and those by IPv6, which include
/// IPv4 connections under another form.
const TABLES: [&str; 2] = ["/proc/net/tcp", "/proc/net/tcp6"];

/// Whether the connection from `peer` to our port is, or may be, another user's. If
/// the system has no such tables, the key alone has to do.
pub(super) fn may_be_another_user(peer: SocketAddr, port: u16) -> bool {
    let me = rustix::process::geteuid().as_raw();
    let tables = TABLES.map(|table| std::fs::read_to_string(table).ok());
    if tables.iter().all(Option::is_none) {
        return false;
    }
    let mut tables = tables.iter().flatten();
    let owner = tables.find_map(|table| owner(table, peer, port));
    // The owner of a connection that is in no table is unknown.
    owner.is_none_or(|owner| owner != me && owner != 0)
}

/// The user of the connection from `peer` to the loopback address at `port`, by the
/// system's table. `None` if the table does not say.
fn owner(table: &str, peer: SocketAddr, port: u16) -> Option<u32> {
    let from = places(peer);
    let to = places(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    table.lines().find_map(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let (one, other) = (fields.next()?, fields.next()?);
        let is_it = from.iter().any(|it| it == one) && to.iter().any(|it| it == other);
        // Then: state, queues, timer, retransmissions, and the user.
        is_it.then(|| fields.nth(4)?.parse().ok())?
    })
}

/// An address as the tables write it, in both forms if it has two: words in this
/// machine's byte order, then the port.
fn places(address: SocketAddr) -> Vec<String> {
    let place = |octets: &[u8]| {
        let mut text = String::new();
        for word in octets.chunks_exact(4) {
            let word = u32::from_ne_bytes([word[0], word[1], word[2], word[3]]);
            // Writing to memory cannot fail.
            let _ = write!(text, "{word:08X}");
        }
        format!("{text}:{:04X}", address.port())
    };
    match address.ip().to_canonical() {
        IpAddr::V4(ip) => vec![place(&ip.octets()), place(&ip.to_ipv6_mapped().octets())],
        IpAddr::V6(ip) => vec![place(&ip.octets())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn the_tables_tell_whose_a_connection_is() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            \x20  0: 0100007F:0BB8 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 11\n\
            \x20  1: 0100007F:9C40 0100007F:0BB8 01 00000000:00000000 00:00000000 00000000  1001        0 12\n\
            \x20  2: 0000000000000000FFFF00000100007F:9C42 0000000000000000FFFF00000100007F:0BB8 01 00000000:00000000 00:00000000 00000000  1002        0 13\n";
        let peer = |port| SocketAddr::from(([127, 0, 0, 1], port));
        if cfg!(target_endian = "little") {
            assert_eq!(owner(table, peer(0x9c40), 0xbb8), Some(1001));
            assert_eq!(owner(table, peer(0x9c42), 0xbb8), Some(1002));
            assert_eq!(owner(table, peer(0x9c41), 0xbb8), None);
            assert_eq!(owner(table, peer(0x9c40), 0xbb9), None);
        }
        assert_eq!(owner("", peer(1), 2), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn our_own_connection_is_ours_by_either_name_and_an_unknown_one_is_not() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        for name in ["127.0.0.1", "::ffff:127.0.0.1"] {
            let _client = TcpStream::connect((name, port)).unwrap();
            let (_, peer) = listener.accept().unwrap();
            assert!(!may_be_another_user(peer, port), "{name}");
        }
        let nobody = SocketAddr::from(([127, 0, 0, 1], 1));
        assert!(may_be_another_user(nobody, port));
    }
}
