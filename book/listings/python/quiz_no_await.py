"""A question: a hundred increments without an await in the middle."""

# ANCHOR: listing
import asyncio

counter = 0


async def increment():
    global counter
    before = counter
    counter = before + 1
    await asyncio.sleep(0)


async def main():
    await asyncio.gather(*(increment() for _ in range(100)))
    print(counter)


asyncio.run(main())
# ANCHOR_END: listing
