package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/actorgen/actorgen/example/bank/bank"
)

// auditors is how many questions an audit asks at a time.
const auditors = 64

// An audit compares what the accounts own, and what they have booked for each transfer, with what the clerks say.
type audit struct {
	branches []*branchAudit
	wrong    []string // whatever does not agree
}

// A branchAudit is the audit of one branch.
type branchAudit struct {
	name     string
	accounts []bank.Listing
	opening  []bank.Books // what each account owned before the first transfer
	before   bank.Books   // the sum of it
	after    bank.Books   // the sum after the last one
	lost     bool         // there is nobody left to ask
	asked    int          // how many entries were looked up
	took     time.Duration
}

// begin counts the money before the first transfer.
func (a *audit) begin(ctx context.Context, accounts []bank.Listing) error {
	for _, name := range []string{bank.North, bank.South} {
		b := &branchAudit{name: name}
		for _, account := range accounts {
			if account.Branch == name {
				b.accounts = append(b.accounts, account)
			}
		}
		var err error
		if b.opening, err = books(ctx, b.accounts); err != nil {
			return fmt.Errorf("count the money in the %s: %w", name, err)
		}
		b.before = sum(b.opening)
		a.branches = append(a.branches, b)
	}
	return nil
}

// end counts the money again, and asks both accounts of each transfer for what they have booked. It leaves
// the south out if that is gone.
func (a *audit) end(t *tally, gone context.Context) {
	for _, b := range a.branches {
		lifetime := context.Background()
		if b.name == bank.South {
			lifetime = gone
		}
		entries := t.entries(b.name)
		// A millisecond for each question is a hundred times what it takes.
		ctx, cancel := context.WithTimeout(lifetime, patience+time.Duration(len(entries))*time.Millisecond)
		wrong, err := b.end(ctx, entries)
		cancel()
		a.wrong = append(a.wrong, wrong...)
		if err != nil {
			b.lost = true
		}
		if err != nil && gone.Err() == nil {
			a.wrong = append(a.wrong, fmt.Sprintf("the books of the %s cannot be read: %v", b.name, err))
		}
	}
}

// An entry is what one account should have booked for a transfer.
type entry struct {
	account bank.Listing
	order   bank.Order
	state   bank.State // Unbooked if the row is in doubt
}

// end audits one branch. It returns what does not agree, or an error if it could not be asked.
func (b *branchAudit) end(ctx context.Context, entries []entry) (wrong []string, err error) {
	found := make([]bank.Entry, len(entries))
	begin := time.Now()
	err = each(len(entries), func(i int) (err error) {
		found[i], err = entries[i].account.Account.Find(ctx, entries[i].order.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	b.asked, b.took = len(entries), time.Since(begin)
	gained := make(map[string]bank.Money)
	for i, e := range entries {
		name, entry := e.account.Name, found[i]
		if e.state != bank.Unbooked && (entry.State != e.state || entry.Amount != e.order.Amount) {
			wrong = append(wrong, fmt.Sprintf("%s has %v %v for transfer %s, and should have %v %v",
				name, entry.State, entry.Amount, e.order.ID, e.state, e.order.Amount))
		}
		switch entry.State {
		case bank.Settled:
			gained[name] -= entry.Amount
		case bank.Deposited:
			gained[name] += entry.Amount
		}
	}
	closing, err := books(ctx, b.accounts)
	if err != nil {
		return wrong, err
	}
	b.after = sum(closing)
	for i, account := range b.accounts {
		if owns, should := closing[i].Total(), b.opening[i].Total()+gained[account.Name]; owns != should {
			wrong = append(wrong, fmt.Sprintf("%s owns %v, and should own %v", account.Name, owns, should))
		}
	}
	return wrong, nil
}

// books asks each account what it owns.
func books(ctx context.Context, accounts []bank.Listing) ([]bank.Books, error) {
	all := make([]bank.Books, len(accounts))
	err := each(len(accounts), func(i int) (err error) {
		all[i], err = accounts[i].Account.Books(ctx)
		return err
	})
	return all, err
}

func sum(all []bank.Books) (total bank.Books) {
	for _, one := range all {
		total.Balance += one.Balance
		total.Reserved += one.Reserved
	}
	return total
}

// each does something n times, auditors at a time, and returns one of the errors.
func each(n int, do func(i int) error) error {
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	for range min(auditors, n) {
		all.Go(func() {
			for failed.Load() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := do(i); err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}
