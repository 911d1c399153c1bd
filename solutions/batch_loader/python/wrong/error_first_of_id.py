# Wrong: of two requests for one id, only the first is told an error. Caught by: errors

import asyncio


class Loader:
    def __init__(self, bulk, max_batch):
        self._bulk, self._max, self._w, self._t = (bulk, max_batch, {}, set())

    async def load(self, item_id):
        f = asyncio.Future()
        if not self._w:
            asyncio.get_running_loop().call_soon(self._go)
        self._w.setdefault(item_id, []).append(f)
        return await f

    def _go(self):
        w, self._w = (self._w, {})
        part = {}
        for one, fs in w.items():
            part[one] = fs
            if len(part) == self._max:
                self._send(part)
                part = {}
        if part:
            self._send(part)

    def _send(self, part):
        t = asyncio.create_task(self._call(part))
        self._t.add(t)
        t.add_done_callback(self._t.discard)

    async def _call(self, part):
        try:
            items = await self._bulk.load(list(part))
            for item, fs in zip(items, part.values()):
                for f in fs:
                    f.done() or f.set_result(item)
        except Exception as e:
            for fs in part.values():
                fs[0].done() or fs[0].set_exception(e)
