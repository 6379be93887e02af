// truth: {"args": ["one"], "stdin": "line one\nline two\n"}
package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"sort"
	"sync"
	"time"
)

func main() {
	scanner := bufio.NewScanner(os.Stdin)
	for scanner.Scan() {
		fmt.Println("read", scanner.Text())
	}
	fmt.Println(os.Args[1:])
	var wait sync.WaitGroup
	results := make(chan int, 100)
	for i := range 100 {
		wait.Add(1)
		go func() { defer wait.Done(); results <- i * i }()
	}
	wait.Wait()
	close(results)
	total := 0
	for one := range results {
		total += one
	}
	fmt.Println(total)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
	}
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "served ", r.URL.Path) }))
	answer, err := http.Get("http://" + listener.Addr().String() + "/x")
	if err != nil {
		fmt.Println(err)
	} else {
		body, _ := io.ReadAll(answer.Body)
		fmt.Println(string(body))
	}
	output, err := exec.Command("sh", "-c", "echo out; exit 3").Output()
	var exit *exec.ExitError
	fmt.Println(string(output), errors.As(err, &exit) && exit.ExitCode() == 3)
	os.WriteFile("a.txt", []byte("text"), 0o600)
	data, _ := os.ReadFile("a.txt")
	_, missing := os.Open("/nowhere")
	fmt.Println(string(data), errors.Is(missing, fs.ErrNotExist))
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	<-ctx.Done()
	fmt.Println(ctx.Err())
	text, _ := json.Marshal(map[string]any{"b": []int{1}, "a": nil})
	words := regexp.MustCompile(`\w+`).FindAllString("two words", -1)
	sort.Strings(words)
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	writer.Write(bytes.Repeat([]byte("x"), 1000))
	writer.Close()
	place, err := time.LoadLocation("Asia/Tokyo")
	fmt.Println(string(text), words, packed.Len() < 100, err, time.Unix(0, 0).In(place))
	defer fmt.Println("deferred")
	defer func() { fmt.Println("recovered", recover()) }()
	var none []int
	fmt.Println(none[len(os.Args)])
}
