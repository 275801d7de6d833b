package main

import (
	"context"
	"testing"

	"github.com/actorgen/actorgen/example/market/market"
)

func TestSameSeedSameOrders(t *testing.T) {
	t.Parallel()
	a, b, other := newFlow(7), newFlow(7), newFlow(8)
	differ := false
	for range 1_000 {
		order := a.next()
		if again := b.next(); order != again {
			t.Fatalf("%+v and %+v", order, again)
		}
		differ = differ || order != other.next()
		if _, err := market.NewBook(1).Place(context.Background(), order); err != nil {
			t.Fatal(err)
		}
	}
	if !differ {
		t.Error("another seed has the same orders")
	}
}
