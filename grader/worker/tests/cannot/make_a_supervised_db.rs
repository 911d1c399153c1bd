//! Only a connection makes supervised handles.

use std::sync::Arc;

fn handle(database: Arc<dyn kit::supervised::Database>) -> kit::Db {
    kit::Db::supervised(database)
}

fn main() {}
