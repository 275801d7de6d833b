package bank

import (
	"errors"
	"fmt"
)

// The refusals of the bank. Each is annotated, and so is still the type, or the variable, that it is when it reaches
// a caller in another process: errors.As and errors.Is find it there. Beside these, a record that is no row is
// refused with a *ledger.Malformed.

// ErrClosed is returned for an account that neither pays nor is paid any more.
//
//actor:error
var ErrClosed = errors.New("the account is closed")

// Overdrawn is returned when an account has less than it is to pay.
//
//actor:error
type Overdrawn struct {
	Account        string
	Balance, Asked Money
}

func (e *Overdrawn) Error() string {
	return fmt.Sprintf("%s has %v and not %v", e.Account, e.Balance, e.Asked)
}

// UnknownAccount is returned for an account that the bank does not hold.
//
//actor:error
type UnknownAccount struct{ Account string }

func (e *UnknownAccount) Error() string { return fmt.Sprintf("there is no account %q", e.Account) }

// SelfTransfer is returned for a transfer from an account to itself.
//
//actor:error
type SelfTransfer struct{ Account string }

func (e *SelfTransfer) Error() string { return e.Account + " cannot be paid by itself" }

// OverLimit is returned for an amount above what one transfer may move.
//
//actor:error
type OverLimit struct {
	Asked Money // math.MaxInt64 stands for any amount from there on
	Limit Money
}

func (e *OverLimit) Error() string {
	return fmt.Sprintf("%v is more than the %v that one transfer may move", e.Asked, e.Limit)
}

// Duplicate is returned for a transfer whose id an earlier row of the ledger has taken.
//
//actor:error
type Duplicate struct {
	ID    string
	First int // the line of the earlier row
}

func (e *Duplicate) Error() string {
	return fmt.Sprintf("transfer %s was asked for in line %d already", e.ID, e.First)
}

// NotReserved is returned by Settle for a transfer for which the account holds nothing back, and by Reserve for one
// that was released. It tells of a mistake in the order of steps, and is nothing that a ledger can cause.
//
//actor:error
type NotReserved struct{ Account, ID string }

func (e *NotReserved) Error() string {
	return fmt.Sprintf("%s holds nothing back for transfer %s", e.Account, e.ID)
}
