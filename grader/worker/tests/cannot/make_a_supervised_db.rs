//! Only a connection makes supervised handles.

use std::sync::Arc;

fn handle(operator: Arc<dyn kit::supervised::Operator>) -> kit::Db {
    kit::supervised::Supply { operator }.db()
}

fn main() {}
