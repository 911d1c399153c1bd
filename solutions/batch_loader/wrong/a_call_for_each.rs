//! Wrong: each request makes a call of its own. Caught by: together

use kit::bulk::{Bulk, BulkError, Item, ItemId};

pub struct Loader {
    bulk: Bulk,
}

impl Loader {
    pub fn new(bulk: Bulk, _max_batch: usize) -> Self {
        Self { bulk }
    }

    pub async fn load(&self, id: ItemId) -> Result<Option<Item>, BulkError> {
        let items = self.bulk.load(vec![id]).await?;
        Ok(items.into_iter().next().flatten())
    }
}
