// Package sample holds the actors that the tests and benchmarks of the runtime talk to.
package sample

import (
	"context"

	"github.com/actorgen/actorgen/runtime/actor"
)

//go:generate go run github.com/actorgen/actorgen/cmd/actorgen

// Purse is a contract that a Counter implements.
//
//actor:contract
type Purse interface {
	// Deposit adds amount and returns the new total.
	Deposit(ctx context.Context, amount int64, note string) (int64, error)
	// Total returns the total.
	Total(ctx context.Context) (int64, error)
}

// A Counter has eight handlers of mixed arguments: small and large casts, calls, an inline and a local one.
//
//actor:actor implements=Purse
type Counter struct {
	total int64
	notes []string
	loads []Big
}

// Big is a message too large for a work cell.
type Big struct {
	Name  string
	Words [8]int64
	Tags  map[string]string
}

// TooMuch is returned by Deposit for an amount above 1,000.
//
//actor:error
type TooMuch struct {
	Asked int64
}

func (e *TooMuch) Error() string { return "too much" }

// Add adds n to the total.
//
//actor:handler oneway
func (c *Counter) Add(ctx *actor.Context, n int64) { c.total += n }

// Note keeps a text.
//
//actor:handler oneway
func (c *Counter) Note(ctx *actor.Context, text string) { c.notes = append(c.notes, text) }

// Move adds n, noting where from and where to.
//
//actor:handler oneway
func (c *Counter) Move(ctx context.Context, from, to string, n int64) error {
	if n < 0 {
		return &TooMuch{Asked: n}
	}
	c.total += n
	c.notes = append(c.notes, from, to)
	return nil
}

// Load keeps a large message.
//
//actor:handler oneway
func (c *Counter) Load(ctx *actor.Context, big Big) { c.loads = append(c.loads, big) }

// Deposit adds amount and returns the new total.
//
//actor:handler
func (c *Counter) Deposit(ctx context.Context, amount int64, note string) (int64, error) {
	if amount > 1000 {
		return 0, &TooMuch{Asked: amount}
	}
	c.total += amount
	return c.total, nil
}

// Meet deposits 1 at the other counter.
//
//actor:handler
func (c *Counter) Meet(ctx *actor.Context, other CounterRef) error {
	_, err := other.Deposit(ctx, 1, "met")
	return err
}

// Total returns the total.
//
//actor:handler inline
func (c *Counter) Total(ctx context.Context) (int64, error) { return c.total, nil }

// Each calls f for every note.
//
//actor:handler local
func (c *Counter) Each(ctx *actor.Context, f func(note string)) {
	for _, n := range c.notes {
		f(n)
	}
}
