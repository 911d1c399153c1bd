// One processor, and a goroutine that computes for ever without a function call.
package main

import (
	"fmt"
	"runtime"
	"time"
)

// ANCHOR: listing
func main() {
	runtime.GOMAXPROCS(1)
	go func() {
		for i := 0; ; i++ {
		}
	}()
	time.Sleep(10 * time.Millisecond)
	fmt.Println("main runs again")
}
// ANCHOR_END: listing
