"""Drill `offload`: keep the loop responsive while passwords are hashed."""

from kit import hash_password


class PasswordService:
    """Hashes passwords. As it is, the event loop stops for every one of them."""

    def __init__(self, max_parallel):
        # To do: what limits how many hashes run at once?
        self._max_parallel = max_parallel

    async def hash(self, password):
        """The hash of `password`, by `kit.hash_password`.

        - No hash runs on the loop's thread, and the loop keeps answering while one runs.
        - At most `max_parallel` run at once, and that many do when there is work. A caller that
          is cancelled while its hash runs does not change that.
        - Returns only when its own hash is done, with its own result.
        - A password that is too long raises `TooLong` and gives its place back; a hash that
          raises anything else does not break the service.
        - Waiting costs nothing: waiting callers are woken, and do not look again and again.
        """
        # To do: this takes some hundreds of milliseconds, and no other task runs meanwhile. Move it
        # off the loop.
        return hash_password(password)
