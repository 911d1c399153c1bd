import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield

// ANCHOR: listing
suspend fun count(name: String) {
    for (number in 1..3) {
        println("$name begins $number")
        println("$name ends $number")
        yield()
    }
}

fun main() = runBlocking { // One thread. Dispatchers.Default would use many.
    launch { count("red") }
    launch { count("blue") }
}
// ANCHOR_END: listing
