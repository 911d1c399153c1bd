"""A question: what does a coroutine do that nobody awaits?"""

import warnings

warnings.simplefilter("ignore")
# ANCHOR: listing
import asyncio


async def save():
    print("saved")


async def main():
    save()
    print("end")


asyncio.run(main())
# ANCHOR_END: listing
