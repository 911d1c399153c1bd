# Wrong: hashes on another thread and joins it, which blocks the loop as long. Caught by: loop_answers

import threading

from kit import hash_password


class PasswordService:
    """Hashes passwords, and keeps the loop free."""

    def __init__(self, max_parallel):
        self._max_parallel = max_parallel

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`."""
        hashed = []
        thread = threading.Thread(target=lambda: hashed.append(hash_password(password)))
        thread.start()
        thread.join()
        return hashed[0]
