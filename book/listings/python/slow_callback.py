"""What asyncio says in debug mode about a task that holds the loop."""

import asyncio
import logging
import re
import sys
import time


# ANCHOR: listing
async def hold_the_loop():
    time.sleep(0.3)  # Not asyncio.sleep: nothing else can run meanwhile.


async def main():
    asyncio.get_running_loop().slow_callback_duration = 0.1
    await asyncio.create_task(hold_the_loop(), name="holder")
# ANCHOR_END: listing


class WithoutFigures(logging.Handler):
    """Prints a warning, but for what differs from run to run."""

    def emit(self, record):
        text = record.getMessage()
        print(text, file=sys.stderr)
        text = re.sub(r"(name='holder').*>", r"\1 …>", text)
        print(re.sub(r"took \d+\.\d+", "took …", text))


logging.getLogger("asyncio").addHandler(WithoutFigures())
asyncio.run(main(), debug=True)
