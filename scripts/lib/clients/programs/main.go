// Uses a generated client of Go: prints what became of a script that works, one that fails, and a route that refuses.
package main

import (
	"context"
	"fmt"
	"os"

	brig "github.com/GIT_USER_ID/GIT_REPO_ID"
)

func main() {
	config := brig.NewConfiguration()
	config.Servers = brig.ServerConfigurations{{URL: os.Args[1]}}
	api := brig.NewAPIClient(config)
	ctx := context.Background()
	for _, script := range []string{"def main(n):\n    return n * 6", "def main(n):\n    return n / 0"} {
		request := brig.NewExecuteRequest(script)
		request.SetArgs([]interface{}{7})
		outcome, _, err := api.ExecutionAPI.Execute(ctx).ExecuteRequest(*request).Execute()
		switch {
		case err != nil:
			fmt.Println(err)
		case outcome.Failure != nil:
			fmt.Println("failure", outcome.Failure.Error)
		default:
			fmt.Println("success", outcome.Success.Result)
		}
	}
	shown, _, err := api.EnvironmentsAPI.ShowEnvironment(ctx, "plain").Execute()
	if err != nil {
		panic(err)
	}
	fmt.Println(shown.Environment.State)
	_, answer, _ := api.EnvironmentsAPI.ShowEnvironment(ctx, "missing").Execute()
	fmt.Println(answer.StatusCode)
	health, _, err := api.ServiceAPI.Health(ctx).Execute()
	if err != nil {
		panic(err)
	}
	fmt.Println(health.Status)
}
