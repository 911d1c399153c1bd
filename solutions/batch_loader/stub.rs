//! Drill `batch_loader`: many small reads become a few large ones.

use kit::bulk::{Bulk, BulkError, Item, ItemId};

/// Loads items. As it is, it makes a call for each of them.
pub struct Loader {
    bulk: Bulk,
    // To do: where does a request leave its id, and how is it told the answer?
}

impl Loader {
    /// A loader whose calls have at most `max_batch` ids.
    pub fn new(bulk: Bulk, max_batch: usize) -> Self {
        let _ = max_batch;
        Self { bulk }
    }

    /// The item of this id, or `None` if there is none.
    ///
    /// - Requests that are there together go out together, in as few calls as `max_batch`
    ///   allows. No call is empty, and none has an id twice.
    /// - No request waits for a clock. It may wait while another call is out.
    /// - An id that is asked for after a call went out is in a later one, also when the same
    ///   id is out already. Answers are not kept for those who come later.
    /// - An error reaches those whose ids were in that call, and nobody else. It is not
    ///   remembered, and a failed call is not made again.
    /// - Any caller may be dropped at any moment, also the one that sends the batch. All
    ///   others get their answers.
    /// - Waiting costs nothing.
    pub async fn load(&self, id: ItemId) -> Result<Option<Item>, BulkError> {
        // To do: one call for all that are there.
        let items = self.bulk.load(vec![id]).await?;
        Ok(items.into_iter().next().flatten())
    }
}
