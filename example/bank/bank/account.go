// Package bank holds the actors of the example: accounts, the desk that judges rows, the tellers who take them, and
// the lobby where the other process reports.
//
// What makes them actors is in the comments: //actor:actor on a struct, //actor:handler on each method that others may
// call, //actor:error on each error that must keep its type on its way to another process. Run go generate after a
// change of those, or of the signatures; it writes actor_gen.go, actor_msgp_gen.go and the fakes in package banktest.
// For an Account there are then
//
//   - SpawnAccount, which starts one and returns its AccountHandle, for use in this process;
//   - AccountRef, from Handle.Ref or AccountAt, which may be sent in a message and used in any process;
//   - AccountClient, the interface of both.
//
// Each handler runs alone on its actor: the structs need no locks. And no account waits for another one, so that
// no two can ever wait for each other.
package bank

import (
	"context"
	"fmt"
	"math"
)

// An Account holds one customer's money.
//
// It knows its own part of a transfer only, and never waits for another account. Who moves money asks the payer to
// Reserve it, the payee to Deposit it, and the payer to Settle, or to Release if the deposit was refused. In between,
// the amount is set aside, and the payer cannot spend it. Each step names the transfer and may be repeated: an answer that was lost
// on its way is asked for again, and nothing moves twice.
//
//actor:actor
type Account struct {
	name     string
	closed   bool
	balance  Money
	reserved Money
	entries  map[string]Entry // by transfer; an account that lives longer than a ledger would forget the old ones
}

// NewAccount returns an account that opens with that balance.
func NewAccount(name string, opening Money) *Account {
	return &Account{name: name, balance: opening, entries: make(map[string]Entry)}
}

// NewClosedAccount returns an account that refuses to pay and to be paid.
func NewClosedAccount(name string) *Account {
	a := NewAccount(name, 0)
	a.closed = true
	return a
}

// Entry is what an account has booked for one transfer.
type Entry struct {
	State  State
	Amount Money
	Note   string // the payee's entry has it
}

// State is how far a transfer has come at an account. The zero value is Unbooked.
type State uint8

const (
	Unbooked  State = iota // the account has not heard of the transfer
	Reserved               // the payer has set the amount aside
	Settled                // the payer has paid
	Released               // the payer has the amount back, and will not set it aside again
	Deposited              // the payee has been paid
)

// String returns the state in words.
func (s State) String() string {
	switch s {
	case Unbooked:
		return "unbooked"
	case Reserved:
		return "reserved"
	case Settled:
		return "settled"
	case Released:
		return "released"
	case Deposited:
		return "deposited"
	}
	return fmt.Sprintf("state %d", uint8(s))
}

// Reserve sets an amount aside for a transfer. It fails with an *Overdrawn, with ErrClosed, and with
// a *NotReserved once the transfer was released.
//
//actor:handler
func (a *Account) Reserve(ctx context.Context, transfer string, amount Money) error {
	switch a.entries[transfer].State {
	case Reserved, Settled:
		return nil // asked again
	case Released:
		return &NotReserved{Account: a.name, ID: transfer}
	case Deposited:
		return fmt.Errorf("reserve for transfer %s: %s is its payee", transfer, a.name)
	}
	switch {
	case a.closed:
		return fmt.Errorf("pay from %s: %w", a.name, ErrClosed)
	case amount <= 0:
		return fmt.Errorf("reserve %v at %s: ask for more than nothing", amount, a.name)
	case amount > a.balance:
		return &Overdrawn{Account: a.name, Balance: a.balance, Asked: amount}
	}
	a.balance -= amount
	a.reserved += amount
	a.entries[transfer] = Entry{State: Reserved, Amount: amount}
	return nil
}

// Settle ends a transfer at its payer: what was set aside is paid. It fails with a *NotReserved.
//
//actor:handler
func (a *Account) Settle(ctx context.Context, transfer string) error {
	entry := a.entries[transfer]
	switch entry.State {
	case Settled:
		return nil // asked again
	case Reserved:
		a.reserved -= entry.Amount
		entry.State = Settled
		a.entries[transfer] = entry
		return nil
	}
	return &NotReserved{Account: a.name, ID: transfer}
}

// Release ends a transfer at its payer: what was set aside is given back. Whoever releases before the reservation
// has arrived prevents it.
//
//actor:handler
func (a *Account) Release(ctx context.Context, transfer string) error {
	entry := a.entries[transfer]
	switch entry.State {
	case Released:
		return nil // asked again
	case Settled, Deposited:
		return fmt.Errorf("release transfer %s: %s has %v it", transfer, a.name, entry.State)
	case Reserved:
		a.reserved -= entry.Amount
		a.balance += entry.Amount
	}
	entry.State = Released
	a.entries[transfer] = entry
	return nil
}

// Deposit pays the account. It fails with ErrClosed.
//
//actor:handler
func (a *Account) Deposit(ctx context.Context, transfer string, amount Money, note string) error {
	switch state := a.entries[transfer].State; state {
	case Unbooked:
	case Deposited:
		return nil // asked again
	default:
		return fmt.Errorf("deposit for transfer %s: %s is its payer, and has %v it", transfer, a.name, state)
	}
	switch {
	case a.closed:
		return fmt.Errorf("pay to %s: %w", a.name, ErrClosed)
	case amount <= 0:
		return fmt.Errorf("deposit %v at %s: ask for more than nothing", amount, a.name)
	case amount > math.MaxInt64-a.balance-a.reserved:
		return fmt.Errorf("deposit %v at %s: it cannot hold that much", amount, a.name)
	}
	a.balance += amount
	a.entries[transfer] = Entry{State: Deposited, Amount: amount, Note: note}
	return nil
}

// Find returns what the account has booked for a transfer; an Unbooked entry if nothing.
//
//actor:handler
func (a *Account) Find(ctx context.Context, transfer string) (Entry, error) {
	return a.entries[transfer], nil
}

// Books is what an account owns.
type Books struct {
	Balance  Money // free to be paid
	Reserved Money // set aside for transfers that are not yet settled
}

// Total returns all that the account owns.
func (b Books) Total() Money { return b.Balance + b.Reserved }

// Books returns what the account owns.
//
//actor:handler inline
func (a *Account) Books(ctx context.Context) (Books, error) {
	return Books{Balance: a.balance, Reserved: a.reserved}, nil
}
