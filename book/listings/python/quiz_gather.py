"""A question: in which order do the results of a gather come?"""

# ANCHOR: listing
import asyncio


async def answer(delay):
    await asyncio.sleep(delay / 100)
    print("finished", delay)
    return delay


async def main():
    print(await asyncio.gather(answer(3), answer(1), answer(2)))


asyncio.run(main())
# ANCHOR_END: listing
