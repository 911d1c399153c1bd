# Wrong: the thread sets the result, which only the loop may do. Caught by: right_results
"""Drill `offload`: keep the loop responsive while passwords are hashed."""

import asyncio
import threading

from kit import hash_password


class PasswordService:
    def __init__(self, max_parallel):
        self._places = threading.Semaphore(max_parallel)

    async def hash(self, password):
        done = asyncio.get_running_loop().create_future()

        def work():
            with self._places:
                try:
                    done.set_result(hash_password(password))
                except Exception as error:
                    done.set_exception(error)

        threading.Thread(target=work, daemon=True).start()
        return await done
