package main

import (
	"context"
	"fmt"
	"time"

	"github.com/actorgen/actorgen/example/bank/bank"
	"github.com/actorgen/actorgen/example/bank/ledger"
	"github.com/actorgen/actorgen/runtime/actor"
)

// A call of a clerk has no answer if none comes within patience, attempts times.
const (
	patience = 5 * time.Second
	attempts = 3
)

// A fate is what became of a row.
type fate int

const (
	applied fate = iota // the money has moved
	refused             // by the bank, for a reason; no money has moved
	notDone             // the bank could not try; no money has moved
	inDoubt             // the payee may or may not have been paid: the process that would know is gone
)

// An outcome is what became of a row, and why.
type outcome struct {
	fate
	line   int
	order  bank.Order // if the row was found good
	reason reason     // if it was refused
	err    error      // if it was not applied
}

// A clerk carries out one transfer after the other. There are 64, each a goroutine of its own; they are no actors, for
// they have no state that anybody asks for, and waiting is all that they do.
type clerk struct {
	teller bank.TellerClient
	south  *process
	north  context.Context         // ends when the north does not wait for its own actors any more
	refs   map[string]bank.Listing // every account by its name
	calls  bank.Calls              // made so far
}

// transfer carries out the row in a record.
//
// The payer sets the amount aside, the payee is paid, the payer settles. No account waits for another one in this, and
// what is set aside can neither be spent nor get lost. A step whose answer is lost is asked for again, for which
// the accounts are prepared. Only when the process that has the answer is gone is the row left in doubt.
func (c *clerk) transfer(record ledger.Record) outcome {
	out := outcome{line: record.Line}
	order, err := ask(c, bank.South, func(ctx context.Context) (bank.Order, error) {
		return c.teller.Accept(ctx, record)
	})
	if err != nil {
		out.err = err
		if why, ok := reasonOf(err); ok {
			out.fate, out.reason = refused, why
			return out
		}
		return c.callOff(record, out)
	}
	out.order = order

	err = c.tell(order.To, func(ctx context.Context) error {
		return order.To.Account.Deposit(ctx, order.ID, order.Amount, order.Note)
	})
	if why, ok := reasonOf(err); ok {
		out.fate, out.reason, out.err = refused, why, err
		if err := c.release(order.ID, order.From); err != nil {
			out.fate, out.err = inDoubt, fmt.Errorf("the payee refused (%w), and whether the payer has the amount back is unknown: %w", out.err, err)
		}
		return out
	}
	if err != nil {
		out.fate, out.err = inDoubt, fmt.Errorf("whether the payee was paid is unknown: %w", err)
		return out
	}

	err = c.tell(order.From, func(ctx context.Context) error {
		return order.From.Account.Settle(ctx, order.ID)
	})
	if err != nil {
		out.fate, out.err = inDoubt, fmt.Errorf("the payee was paid, and whether the payer has settled is unknown: %w", err)
		return out
	}
	out.fate = applied
	return out
}

// callOff ends a transfer that no teller could accept. The payee has not been asked yet, so it is enough that
// the payer sets nothing aside, or gives it back.
func (c *clerk) callOff(record ledger.Record, out outcome) outcome {
	out.fate = notDone
	row, err := ledger.Parse(record)
	if err != nil {
		return out
	}
	payer, ok := c.refs[row.From]
	if !ok || payer.Branch == bank.South && c.south.gone.Err() != nil {
		return out // nothing is set aside, or it is gone with its account
	}
	if err := c.release(row.ID, payer); err != nil {
		out.err = fmt.Errorf("%w; the amount may still be set aside: %w", out.err, err)
	}
	return out
}

// release gives the payer back what it has set aside.
func (c *clerk) release(transfer string, payer bank.Listing) error {
	return c.tell(payer, func(ctx context.Context) error { return payer.Account.Release(ctx, transfer) })
}

// tell is ask for a call without a result.
func (c *clerk) tell(account bank.Listing, call func(context.Context) error) error {
	_, err := ask(c, account.Branch, func(ctx context.Context) (struct{}, error) { return struct{}{}, call(ctx) })
	return err
}

// ask makes a call to an actor of branch until there is an answer. It gives up when the branch is gone.
func ask[R any](c *clerk, branch string, call func(context.Context) (R, error)) (R, error) {
	lifetime := c.north
	if branch == bank.South {
		lifetime = c.south.gone
	}
	for attempt := 1; ; attempt++ {
		c.calls.Add(bank.North, branch)
		ctx, cancel := context.WithTimeout(lifetime, patience)
		answer, err := call(ctx)
		cancel()
		if err == nil || !unanswered(err) {
			return answer, err
		}
		if attempt == attempts && branch == bank.South {
			c.south.lose(fmt.Errorf("the south does not answer: %w", err))
		}
		if attempt == attempts {
			return answer, err
		}
		select {
		case <-lifetime.Done():
			return answer, context.Cause(lifetime)
		case <-time.After(time.Duration(attempt) * 100 * time.Millisecond):
		}
	}
}

// unanswered tells whether an error leaves open what the actor did, or says that it was too busy to do anything.
func unanswered(err error) bool {
	switch actor.CodeOf(err) {
	case actor.CodeUnreachable, actor.CodeDeadline, actor.CodeCanceled, actor.CodeMailboxFull:
		return true
	}
	return false
}
