"""Drill `batch_loader`: many small reads become a few large ones."""


class Loader:
    """Loads items. As it is, it makes a call for each of them."""

    def __init__(self, bulk, max_batch):
        self._bulk = bulk
        # To do: where does a request leave its id, and how is it told the answer?

    async def load(self, item_id):
        """The item of this id, or `None` if there is none.

        - Requests that are there together go out together, in as few calls as `max_batch`
          allows. No call is empty, and none has an id twice.
        - No request waits for a clock. It may wait while another call is out.
        - An id that is asked for after a call went out is in a later one, also when the same
          id is out already. Answers are not kept for those who come later.
        - An error reaches those whose ids were in that call, and nobody else. It is not
          remembered, and a failed call is not made again.
        - Any caller may be cancelled at any moment, also the one that sends the batch. All
          others get their answers.
        - Waiting costs nothing.
        """
        # To do: one call for all that are there.
        items = await self._bulk.load([item_id])
        return items[0]
