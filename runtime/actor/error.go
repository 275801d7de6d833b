package actor

import (
	"context"
	"errors"
	"reflect"
	"strings"
)

// The errors that programs branch on, by errors.Is. Each is an *Error with nothing but its code.
var (
	// ErrStopped says that the actor, or its proc, has stopped or is stopping.
	ErrStopped error = &Error{Code: CodeStopped}
	// ErrNotFound says that there is no such actor.
	ErrNotFound error = &Error{Code: CodeNotFound}
	// ErrMailboxFull says that the actor's mailbox, or its proc's memory for mail, is full.
	ErrMailboxFull error = &Error{Code: CodeMailboxFull}
	// ErrUnreachable says that the actor's proc cannot be reached, or that the link to it was lost.
	ErrUnreachable error = &Error{Code: CodeUnreachable}
)

// An Error is what the runtime reports, and what a handler's error becomes when it crosses to another proc.
//
// errors.Is and errors.As see through it from any number of procs away: an error type or variable annotated
// //actor:error in the proc where it arose is found again, as are the errors of this package by their codes, those of context,
// and fs.ErrNotExist, fs.ErrExist and fs.ErrPermission. Of an error of another type, its name and the text stay.
//
// Error is one line. With the verb %+v it is printed as Describe does it.
type Error struct {
	// Code classes the error.
	Code Code
	// Text is the message, without the path.
	Text string
	// Type is the Go type of the error that crossed, as *bank.Overdrawn; empty for the runtime's own.
	Type string
	// Origin is the actor and proc where the error arose, or the proc alone; empty if it arose here.
	Origin string
	// Path names the procs that the error came through: the one where it arose first, the one that it came from last. It is empty
	// if it arose here. Of more than 16 procs, "…" stands for those behind the first.
	Path []string
	// Stack is the goroutine's stack where a panic arose, else empty.
	Stack string
	// StackProc is the proc that Stack is of; it may be empty if that is this one.
	StackProc string

	details []errorDetail // the errors in it, for Is and As
	decoded *decodedErrors
	cause   error      // what it wraps in this proc
	vars    *errorVars // where the names of annotated variables are looked up
}

// NewError returns an error of the runtime. It is for transports; programs make errors of their own.
func NewError(code Code, text string, cause error) *Error {
	return &Error{Code: code, Text: text, cause: cause}
}

// CodeOf returns the code of the first *Error in err's tree, CodeCanceled and CodeDeadline for context's errors,
// and CodeUnknown for others and nil.
func CodeOf(err error) Code {
	var e *Error
	switch {
	case err == nil:
		return CodeUnknown
	case errors.As(err, &e):
		return e.Code
	case errors.Is(err, context.DeadlineExceeded):
		return CodeDeadline
	case errors.Is(err, context.Canceled):
		return CodeCanceled
	}
	return CodeUnknown
}

// stackOf returns the stack of a panic that an error tells of, "" for others.
func stackOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Stack
	}
	return ""
}

// Error returns the text, with the way that the error came if it crossed procs.
func (e *Error) Error() string {
	if len(e.Path) > 0 {
		return e.text() + " (from " + strings.Join(e.Path, ", via ") + ")"
	}
	return e.text()
}

// text returns the text, made of the code if there is none.
func (e *Error) text() string {
	if e.Text == "" {
		return "actor: " + e.Code.String()
	}
	return e.Text
}

// Unwrap returns the error's cause in this proc, or nil.
func (e *Error) Unwrap() error { return e.cause }

// Is tells whether target is the error of e's code, or one that travelled in e.
func (e *Error) Is(target error) bool {
	if t, ok := target.(*Error); ok {
		return t.Text == "" && t.cause == nil && t.Code != CodeUnknown && e.hasCode(t.Code)
	}
	switch target {
	case context.Canceled:
		return e.hasCode(CodeCanceled)
	case context.DeadlineExceeded:
		return e.hasCode(CodeDeadline)
	}
	for _, known := range knownErrors {
		if target == known.err {
			return e.has(known.id)
		}
	}
	if e.vars == nil || len(e.details) == 0 || !reflect.TypeOf(target).Comparable() {
		return false
	}
	for _, d := range e.details {
		if v := e.vars.named(d.id); d.raw == nil && v != nil && v == target {
			return true
		}
	}
	return false
}

// fatal marks a handler's error as one that ends the incarnation.
type fatal struct{ err error }

// Fatal returns err marked as one that the actor must not survive: returned by a handler, it fails the incarnation
// as a panic does, and a waiting caller gets it too. Fatal(nil) is nil.
func Fatal(err error) error {
	if err == nil {
		return nil
	}
	return &fatal{err}
}

func (f *fatal) Error() string { return f.err.Error() }
func (f *fatal) Unwrap() error { return f.err }

// isFatal tells whether err is marked by Fatal. The common case, no error, costs nothing.
func isFatal(err error) bool {
	if err == nil {
		return false // before f is made, which is on the heap
	}
	var f *fatal
	return errors.As(err, &f)
}
