"""Two tasks take turns, and only at their awaits."""

import asyncio


# ANCHOR: listing
async def count(name):
    for number in range(1, 4):
        print(name, "begins", number)
        print(name, "ends", number)
        await asyncio.sleep(0)


async def main():
    await asyncio.gather(count("red"), count("blue"))


asyncio.run(main())
# ANCHOR_END: listing
