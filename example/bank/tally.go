package main

import (
	"errors"
	"slices"
	"time"

	"github.com/actorgen/actorgen/example/bank/bank"
	"github.com/actorgen/actorgen/runtime/actor"
)

// A tally is what is known of a run.
type tally struct {
	source  string
	clerks  int
	elapsed time.Duration // from the first row to the last

	read     int // rows handed to a clerk
	lastLine int // the line of the last of them
	applied  []bank.Order
	moved    bank.Money // by the applied rows
	refused  [reasons][]outcome
	crossed  int // refusals that were errors from another process
	notDone  []outcome
	inDoubt  []outcome
	calls    bank.Calls

	interrupted bool
	readErr     error // why reading stopped before the end of the ledger
	southErr    error // why the south was lost
	audit       audit
}

// add counts one more outcome.
func (t *tally) add(out outcome) {
	switch out.fate {
	case applied:
		t.applied = append(t.applied, out.order)
		t.moved += out.order.Amount
	case refused:
		t.refused[out.reason] = append(t.refused[out.reason], out)
		if crossed(out.err) {
			t.crossed++
		}
	case notDone:
		t.notDone = append(t.notDone, out)
	case inDoubt:
		t.inDoubt = append(t.inDoubt, out)
	}
}

// sort puts the rows in the order of the ledger; they came in that of their ends.
func (t *tally) sort() {
	for _, rows := range append(t.refused[:], t.notDone, t.inDoubt) {
		slices.SortFunc(rows, func(a, b outcome) int { return a.line - b.line })
	}
}

// crossed tells whether an error has come from another process.
func crossed(err error) bool {
	var e *actor.Error
	return errors.As(err, &e) && len(e.Path) > 0
}

// refusals returns how many rows were refused.
func (t *tally) refusals() int {
	n := 0
	for _, rows := range t.refused {
		n += len(rows)
	}
	return n
}

// entries returns what the accounts of a branch should have booked, and about what there is doubt.
func (t *tally) entries(branch string) []entry {
	var entries []entry
	add := func(account bank.Listing, order bank.Order, state bank.State) {
		if account.Branch == branch {
			entries = append(entries, entry{account: account, order: order, state: state})
		}
	}
	for _, order := range t.applied {
		add(order.From, order, bank.Settled)
		add(order.To, order, bank.Deposited)
	}
	for _, out := range t.inDoubt {
		add(out.order.From, out.order, bank.Unbooked)
		add(out.order.To, out.order, bank.Unbooked)
	}
	return entries
}

// proven tells whether it was shown that no money was made or lost.
func (t *tally) proven() bool {
	var before, after bank.Money
	for _, b := range t.audit.branches {
		before += b.before.Total()
		after += b.after.Balance // what is still set aside has not arrived
		if b.lost {
			return false
		}
	}
	return before == after && len(t.audit.wrong) == 0
}

// status returns the status for the program to end with.
func (t *tally) status() int {
	switch {
	case t.readErr != nil || t.southErr != nil || len(t.notDone) > 0 || len(t.inDoubt) > 0 || !t.proven():
		return exitFailed
	case t.interrupted:
		return exitInterrupted
	}
	return exitDone
}
