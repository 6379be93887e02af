package main

import "fmt"

func main() {
	defer fmt.Println("deferred")
	var m map[string]int
	m["x"] = 1
}
