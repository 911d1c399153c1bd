"""What ends a task before its time, and what runs in it then."""

import asyncio


# ANCHOR: listing
async def book(who, delay):
    try:
        await asyncio.sleep(delay)
        print(who, "has booked")
    finally:
        print(who, "gives the seat back")


async def no_room():
    await asyncio.sleep(0.2)
    raise ValueError("no room")


async def evening():
    try:
        async with asyncio.timeout(0.01):
            await book("Ada", 5)
    except TimeoutError:
        print("Ada is too late")
    try:
        async with asyncio.TaskGroup() as friends:
            friends.create_task(book("Ben", 0.01))
            friends.create_task(book("Cyd", 5))
            friends.create_task(no_room())
    except* ValueError:
        print("one failed, and nobody is left behind")


asyncio.run(evening())
# ANCHOR_END: listing
