"""A question: which lines run in a task that is cancelled at its await?"""

# ANCHOR: listing
import asyncio


async def work():
    try:
        await asyncio.sleep(10)
        print("after the await")
    finally:
        print("finally")


async def main():
    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled")


asyncio.run(main())
# ANCHOR_END: listing
