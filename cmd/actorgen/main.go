// Actorgen generates typed handles, refs, serializers and test fixtures for Go structs annotated as actors, and writes projects
// to start from. Run "actorgen -h" for how to use it.
package main

import (
	"fmt"
	"os"

	"github.com/actorgen/actorgen/internal/generate"
	"github.com/actorgen/actorgen/internal/scaffold"
)

func main() {
	dir, err := os.Getwd()
	if err != nil {
		fmt.Fprintf(os.Stderr, "actorgen: finding the current folder: %v\n", err)
		os.Exit(1)
	}
	command, args := generate.Command, os.Args[1:]
	if len(args) > 0 && args[0] == "init" {
		command, args = scaffold.Command, args[1:]
	}
	os.Exit(command(dir, args, os.Stdout, os.Stderr))
}
