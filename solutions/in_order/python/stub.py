"""Drill `in_order`: in order for each key, side by side between keys."""


class Processor:
    """Hands events to a sink. As it is, it keeps no order and knows no limit."""

    def __init__(self, sink, max_parallel):
        self._sink = sink
        # To do: what must an event find here when an earlier one of its key is not stored yet?

    async def handle(self, event):
        """Has `event` stored, and returns when that is done.

        - Events of one key are stored in the order in which the calls of `handle` began to
          run, never two of them at once.
        - Events of different keys are stored side by side, up to `max_parallel` stores. A store
          counts for as long as it is under way, even if its caller was cancelled.
        - An event that waits for an earlier one of its key takes no place meanwhile, and a key
          with many events does not keep the others from theirs.
        - Each caller gets the result of its own event.
        - No event is stored twice, not even after `Rejected`, and a rejected event holds up
          nothing.
        - Any caller may be cancelled at any moment. Its event is then stored once or not at
          all, and the later ones go on.
        - Waiting costs nothing: a waiting event is woken when its turn comes.
        """
        # To do: wait for the earlier events of this key, and for a place.
        await self._sink.store(event)
