package actor_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/actorgen/actorgen/runtime/actor"
)

func ExampleFanout() {
	p, err := actor.NewProc("example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	to, prices := actor.OpenPort[int](p)
	ctx := context.Background()
	all := actor.NewFanout(2, prices.Recv)
	screen, slow := all.Subscribe(), all.Subscribe()
	for _, price := range []int{100, 103, 99} {
		to.Send(ctx, price)
		fmt.Println(screen.Recv(ctx))
	}
	for range 3 {
		price, err := slow.Recv(ctx)
		var lagged *actor.Lagged
		if errors.As(err, &lagged) {
			fmt.Println("missed", lagged.Lost)
			continue
		}
		fmt.Println(price, err)
	}
	// Output:
	// 100 <nil>
	// 103 <nil>
	// 99 <nil>
	// missed 1
	// 103 <nil>
	// 99 <nil>
}
