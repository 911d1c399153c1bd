"""Right: each account that is being paid into has a clerk, who goes when the queue is empty."""

import asyncio
import collections


class Accounts:
    """Accounts into which many tasks pay at once."""

    def __init__(self, bank):
        self._bank = bank
        self._queues, self._clerks = {}, set()

    async def deposit(self, account, amount):
        """Adds `amount` to the balance of `account`, and returns the balance that this makes."""
        answer = asyncio.get_running_loop().create_future()
        queue = self._queues.get(account)
        if queue is None:
            queue = self._queues[account] = collections.deque()
            clerk = asyncio.create_task(self._serve(account, queue))
            self._clerks.add(clerk)
            clerk.add_done_callback(self._clerks.discard)
        queue.append((amount, answer))
        return await answer

    async def _serve(self, account, queue):
        while queue:
            amount, answer = queue.popleft()
            if answer.done():
                continue
            try:
                balance = await self._bank.read(account) + amount
                await self._bank.write(account, balance)
            except Exception as error:
                if not answer.done():
                    answer.set_exception(error)
            else:
                if not answer.done():
                    answer.set_result(balance)
        del self._queues[account]
