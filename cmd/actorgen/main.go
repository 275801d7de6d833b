// Actorgen generates typed handles, refs, serializers and test fixtures for Go structs annotated as actors.
// Run "actorgen -h" for how to use it.
package main

import (
	"fmt"
	"os"

	"github.com/actorgen/actorgen/internal/generate"
)

func main() {
	dir, err := os.Getwd()
	if err != nil {
		fmt.Fprintf(os.Stderr, "actorgen: finding the current folder: %v\n", err)
		os.Exit(1)
	}
	os.Exit(generate.Command(dir, os.Args[1:], os.Stdout, os.Stderr))
}
