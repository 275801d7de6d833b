package bank

import (
	"context"

	"github.com/actorgen/actorgen/example/bank/ledger"
	"github.com/actorgen/actorgen/runtime/actor"
)

// A Teller takes the rows of one clerk. There is one for each clerk, so that a teller who waits for an account
// keeps no other row waiting.
//
//actor:actor
type Teller struct {
	branch string
	desk   DeskHandle
	calls  Calls
}

// NewTeller returns a teller of that branch who has rows checked by desk.
func NewTeller(branch string, desk DeskHandle) *Teller { return &Teller{branch: branch, desk: desk} }

// Calls is how many calls somebody has made.
type Calls struct {
	Within int // to actors of the same process
	Across int // to actors of another one
}

// Add counts one call to an actor of branch by somebody of another branch, or of the same.
func (c *Calls) Add(by, branch string) {
	if by == branch {
		c.Within++
	} else {
		c.Across++
	}
}

// Accept has a row checked, and its amount set aside by the payer, wherever that lives. It fails as Desk.Check and
// Account.Reserve do: the refusal of a payer in the other process has crossed twice when it reaches the clerk. A row
// may be accepted again.
//
// The calls are made with the handler's own context: they end when the clerk's does.
//
//actor:handler
func (t *Teller) Accept(ctx *actor.Context, record ledger.Record) (Order, error) {
	t.calls.Within++
	order, err := t.desk.Check(ctx, record)
	if err != nil {
		return Order{}, err
	}
	t.calls.Add(t.branch, order.From.Branch)
	if err := order.From.Account.Reserve(ctx, order.ID, order.Amount); err != nil {
		return Order{}, err
	}
	return order, nil
}

// Calls returns how many calls the teller has made.
//
//actor:handler
func (t *Teller) Calls(ctx context.Context) (Calls, error) { return t.calls, nil }
