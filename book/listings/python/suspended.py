"""A transfer that awaits half-way, and a report that must not look meanwhile."""

import asyncio

savings, current = 100, 0


async def write_audit_log():
    await asyncio.sleep(0.005)


# ANCHOR: listing
whole = asyncio.Lock()


async def transfer(amount):
    global savings, current
    async with whole:
        savings -= amount
        print("the money has left the savings account")
        await write_audit_log()
        current += amount
        print("the money has reached the current account")


async def report():
    async with whole:
        print("the report says", savings + current, "in all")


async def main():
    await asyncio.gather(transfer(40), report())


asyncio.run(main())
# ANCHOR_END: listing
