"""Which loop? The one that runs this code, or none."""

# ANCHOR: listing
import asyncio


async def inside():
    promise = asyncio.get_running_loop().create_future()
    promise.set_result("a future of this loop")
    return await promise


print(asyncio.run(inside()))
try:
    asyncio.get_running_loop()
except RuntimeError as error:
    print("outside:", error)
# ANCHOR_END: listing
