//! There is one connection, and it stays one.

fn main() {
    if let Some(connection) = kit::supervised::connect() {
        let _ = connection.clone();
    }
}
