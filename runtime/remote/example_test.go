package remote_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
	"github.com/actorgen/actorgen/runtime/remote"
)

func Example() {
	// One proc listens. In earnest, the other one is another process.
	server, err := actor.NewProc("server", remote.Listen("tcp://127.0.0.1:0"))
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	if _, err := sample.SpawnCounter(server, "visits", func() *sample.Counter { return new(sample.Counter) }); err != nil {
		log.Fatal(err)
	}

	client, err := actor.NewProc("client", remote.Enable())
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	visits, err := sample.CounterAt(client, server.Address()+"/visits")
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	fmt.Println(visits.Deposit(ctx, 3, "three at once"))

	_, err = visits.Deposit(ctx, 5000, "a crowd")
	var much *sample.TooMuch
	fmt.Println(errors.As(err, &much), much.Asked)
	// Output:
	// 3 <nil>
	// true 5000
}
