package actor

import (
	"context"
	"errors"
	"fmt"

	"github.com/tinylib/msgp/msgp"
)

// Canceled tells that a session was canceled. It is the error of its ends, and travels: errors.As finds it from any number of procs away, and
// errors.Is(err, context.Canceled) is true.
type Canceled struct {
	// By is who asked: an actor, or with Serial 0 a proc, on behalf of somebody that is none of its actors. It stays the same however far the error is
	// passed on; SessionClient.CanceledBy tells from whom a session has it.
	By ID
	// Name names it for people.
	Name string
	// Cause is why. It is nil if no cause was given.
	Cause error
}

// Error tells by whom the session was canceled, and why.
func (c *Canceled) Error() string {
	text := "the session was canceled by " + c.Name
	if c.Cause != nil {
		text += ": " + c.Cause.Error()
	}
	return text
}

// Unwrap returns the cause, or nil.
func (c *Canceled) Unwrap() error { return c.Cause }

// Is tells that the error is a context.Canceled.
func (c *Canceled) Is(target error) bool { return target == context.Canceled }

// ActorErrorID is the name under which the error travels.
func (c *Canceled) ActorErrorID() string { return "actor.Canceled" }

// MarshalMsg appends who and why. The cause travels as its text: what it is is found in the error that this one travels in.
func (c *Canceled) MarshalMsg(b []byte) ([]byte, error) {
	cause := ""
	if c.Cause != nil {
		cause = c.Cause.Error()
	}
	b = msgp.AppendArrayHeader(b, 4)
	b = msgp.AppendBytes(b, c.By.Proc[:])
	b = msgp.AppendUint64(b, c.By.Serial)
	b = msgp.AppendString(b, shorten(c.Name, 1<<10))
	return msgp.AppendString(b, shorten(cause, maxErrorText)), nil
}

// UnmarshalMsg reads what MarshalMsg has written.
func (c *Canceled) UnmarshalMsg(b []byte) ([]byte, error) {
	n, b, err := readTuple(b, 4)
	if err != nil {
		return b, err
	}
	if n == 0 {
		return b, errors.New("a cancellation without a canceller")
	}
	proc, b, err := msgp.ReadBytesBytes(b, nil)
	if err != nil {
		return b, err
	}
	if len(proc) != len(c.By.Proc) {
		return b, fmt.Errorf("a proc's id of %d bytes", len(proc))
	}
	copy(c.By.Proc[:], proc)
	if c.By.Serial, b, err = msgp.ReadUint64Bytes(b); err != nil {
		return b, err
	}
	if c.Name, b, err = msgp.ReadStringBytes(b); err != nil {
		return b, err
	}
	var cause string
	if cause, b, err = msgp.ReadStringBytes(b); err != nil {
		return b, err
	}
	if c.Cause = nil; cause != "" {
		c.Cause = errors.New(cause)
	}
	return skipRest(b, n-4)
}

// isCanceled returns the cancellation in err's tree, or nil.
func isCanceled(err error) *Canceled {
	if err == nil {
		return nil
	}
	var c *Canceled
	if !errors.As(err, &c) {
		return nil
	}
	return c
}
