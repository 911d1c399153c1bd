// Two goroutines that change one variable. The race detector watches.
package main

import "sync"

// ANCHOR: listing
var counter int

func main() {
	var both sync.WaitGroup
	both.Add(2)
	for name := 0; name < 2; name++ {
		go func() {
			defer both.Done()
			for i := 0; i < 1000; i++ {
				counter++
			}
		}()
	}
	both.Wait()
}
// ANCHOR_END: listing
