// ANCHOR: listing
async Task Count(string name)
{
    for (var number = 1; number <= 3; number++)
    {
        Console.WriteLine($"{name} begins {number}");
        Console.WriteLine($"{name} ends {number}");
        await Task.Yield(); // What follows may run on another thread of the pool.
    }
}

await Task.WhenAll(Count("red"), Count("blue"));
// ANCHOR_END: listing
