package actor

import "fmt"

// A Code classes an *Error. The zero value, CodeUnknown, is what CodeOf gives for errors that are not the runtime's.
type Code uint8

// The codes of errors.
const (
	CodeUnknown     Code = iota
	CodeHandler          // a handler in another proc returned an error
	CodePanic            // a handler panicked, or ended its goroutine; the stack is in the error
	CodeFatal            // a handler returned Fatal(err)
	CodeStopped          // the actor or its proc has stopped, or is stopping
	CodeNotFound         // no such actor
	CodeMailboxFull      // the mailbox, or the proc's share of memory for mail, is full
	CodeUnreachable      // the other proc cannot be reached, or the link to it was lost
	CodeCanceled         // the context was cancelled
	CodeDeadline         // the context's deadline has passed
	CodeCircle           // waiting for the call would have closed a circle of actors that wait for each other
	CodeSchema           // caller and callee were generated from handlers of different shape
	CodeDecode           // a payload is not what its receiver expects
	CodeEncode           // a value could not be encoded
	CodeTooLarge         // a message exceeds the frame limit
	CodeUnbound          // a zero handle, or a ref that no proc has received
	CodeNameTaken        // another actor of the proc has the name
	CodeKind             // the actor is of another kind than the handle or ref
	CodeAddress          // an address that cannot be read, or that no transport of the proc can dial
	CodeMisuse           // the call breaks a rule that its documentation states
	CodeRefused          // an interceptor of the actor did not let the message through
	CodeOverrun          // more values of a session than its receiver lets wait
)

var codeNames = [...]string{
	"unknown", "handler error", "panic", "fatal", "stopped", "not found", "mailbox full", "unreachable", "canceled",
	"deadline exceeded", "circle", "schema mismatch", "decode", "encode", "too large", "unbound", "name taken",
	"wrong kind", "address", "misuse", "refused", "overrun",
}

// String returns the code's name in words.
func (c Code) String() string {
	if int(c) < len(codeNames) {
		return codeNames[c]
	}
	return fmt.Sprintf("code %d", uint8(c))
}
