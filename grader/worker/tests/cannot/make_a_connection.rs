//! The connection has a field nobody else can name.

fn main() {
    let _ = kit::supervised::Connection {
        _only_connect_makes_one: (),
    };
}
