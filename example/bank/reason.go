package main

import (
	"errors"

	"github.com/actorgen/actorgen/example/bank/bank"
	"github.com/actorgen/actorgen/example/bank/ledger"
)

// A reason is why the bank refused a row.
type reason int

const (
	malformed reason = iota
	duplicate
	selfTransfer
	unknownAccount
	overLimit
	accountClosed
	overdrawn
	reasons // how many there are
)

var reasonNames = [reasons]string{
	"malformed", "duplicate", "to itself", "unknown account", "over the limit", "account closed", "overdrawn",
}

func (r reason) String() string { return reasonNames[r] }

// reasonOf finds the refusal in an error, by its type. That the error comes from another process, or from a third one
// through a second, makes no difference to errors.As and errors.Is.
func reasonOf(err error) (why reason, refused bool) {
	switch {
	case is[*ledger.Malformed](err):
		return malformed, true
	case is[*bank.Duplicate](err):
		return duplicate, true
	case is[*bank.SelfTransfer](err):
		return selfTransfer, true
	case is[*bank.UnknownAccount](err):
		return unknownAccount, true
	case is[*bank.OverLimit](err):
		return overLimit, true
	case errors.Is(err, bank.ErrClosed):
		return accountClosed, true
	case is[*bank.Overdrawn](err):
		return overdrawn, true
	}
	return 0, false
}

// is tells whether there is an error of type E in err.
func is[E error](err error) bool {
	var target E
	return errors.As(err, &target)
}
