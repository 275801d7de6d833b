package main

import (
	"math/rand/v2"

	"github.com/actorgen/actorgen/example/market/market"
)

// center is the price around which orders come.
const center market.Price = 100_00

// A flow makes random orders.
type flow struct {
	dice *rand.Rand
	mid  market.Price
}

func newFlow(seed uint64) *flow {
	return &flow{dice: rand.New(rand.NewPCG(seed, 0)), mid: center}
}

// next returns an order near a price that wanders about the center. About half of the orders meet one that rests.
func (f *flow) next() market.Order {
	f.mid += market.Price(f.dice.IntN(3) - 1)
	f.mid = min(max(f.mid, center-50), center+50)
	order := market.Order{Side: market.Buy, Price: f.mid, Quantity: market.Quantity(1 + f.dice.IntN(100))}
	away := market.Price(f.dice.IntN(12) - 4)
	if f.dice.IntN(2) == 0 {
		order.Side = market.Sell
		away = -away
	}
	order.Price -= away
	return order
}
