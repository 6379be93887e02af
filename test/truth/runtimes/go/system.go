package main

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"os/user"
	"syscall"
)

func main() {
	interfaces, err := net.Interfaces()
	fmt.Println(len(interfaces) > 0, err)
	me, err := user.Current()
	fmt.Println(me != nil && me.Uid != "", err)
	name, err := os.Hostname()
	fmt.Println(name != "", err)
	seen := make(chan os.Signal, 1)
	signal.Notify(seen, syscall.SIGUSR1)
	syscall.Kill(syscall.Getpid(), syscall.SIGUSR1)
	fmt.Println(<-seen)
	addresses, err := net.LookupHost("localhost")
	fmt.Println(len(addresses) > 0, err)
}
