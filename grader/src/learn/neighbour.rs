//! Other users of this machine: the loopback address is theirs as well.
//!
//! The system says whose a connection is. What comes by one that is known to be another
//! user's is refused, whatever it asks for. The machine's administrator may come in.

use std::net::{IpAddr, SocketAddr};

/// Whether the connection that comes from `peer` to our port is another user's.
pub(super) fn is_another_user(peer: SocketAddr, port: u16) -> bool {
    let me = rustix::process::geteuid().as_raw();
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    let owner = owner(&table, peer, port);
    owner.is_some_and(|owner| owner != me && owner != 0)
}

/// The user of the connection from `peer` to the loopback address at `port`, by the
/// system's table. `None` where it is not told.
fn owner(table: &str, peer: SocketAddr, port: u16) -> Option<u32> {
    let IpAddr::V4(address) = peer.ip() else {
        return None;
    };
    // The address as a number of this machine's own byte order, then the port.
    let place =
        |address: [u8; 4], port: u16| format!("{:08X}:{port:04X}", u32::from_ne_bytes(address));
    let from = place(address.octets(), peer.port());
    let to = place([127, 0, 0, 1], port);
    table.lines().find_map(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let is_it = fields.next()? == from && fields.next()? == to;
        // Then: state, queues, timer, retransmissions, and the user.
        is_it.then(|| fields.nth(4)?.parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_tells_whose_a_connection_is() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            \x20  0: 0100007F:0BB8 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 11\n\
            \x20  1: 0100007F:9C40 0100007F:0BB8 01 00000000:00000000 00:00000000 00000000  1001        0 12\n";
        let peer = |port| SocketAddr::from(([127, 0, 0, 1], port));
        if cfg!(target_endian = "little") {
            assert_eq!(owner(table, peer(0x9c40), 0xbb8), Some(1001));
            assert_eq!(owner(table, peer(0x9c41), 0xbb8), None);
            assert_eq!(owner(table, peer(0x9c40), 0xbb9), None);
        }
        assert_eq!(owner("", peer(1), 2), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn our_own_connection_is_ours() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let _client = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        let (_, peer) = listener.accept().unwrap();
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let me = rustix::process::geteuid().as_raw();
        assert_eq!(owner(&table, peer, port), Some(me));
        assert!(!is_another_user(peer, port));
    }
}
