package actor

import (
	"context"
	"time"
)

// This file is for transports: runtime/remote is one. Programs have no use for it.

// A Transport carries messages between a proc and others.
type Transport interface {
	// Start takes p's side and begins to listen. It returns the addresses of p that others can dial,
	// the preferred one first, without an actor's name: "tcp://127.0.0.1:7000/bank". None if it only dials.
	Start(p *Proc) (addresses []string, err error)

	// Link returns the link to a proc: the live one, or a new one if address can be dialed. A zero proc
	// is whoever answers at the address; otherwise another proc there is an error with CodeUnreachable that says so.
	// An empty address finds live links only. It waits for a dial no longer than ctx lives.
	Link(ctx context.Context, address string, proc UUID) (Link, error)

	// Check tells whether address, without an actor's name, is one that the transport could dial.
	Check(address string) error

	// Stop closes the listeners and all links, what they hold sent first as far as ctx allows.
	Stop(ctx context.Context)
}

// A Link is the connection between two procs, used in both directions.
//
// A message is written in place: Begin appends the envelope to the link's buffer and holds it, the caller appends
// the payload, Commit or Abort ends it. Whoever finds nobody writing writes the batch.
type Link interface {
	// Begin waits for room in the buffer, no longer than ctx lives, and appends env. Answers, errors, cancels and
	// returns are never made to wait. It fails with CodeUnreachable once the link is lost.
	Begin(ctx context.Context, env *Envelope) ([]byte, error)

	// Commit ends the message with its payload appended to what Begin returned. A message over the frame limit is
	// taken back and fails with CodeTooLarge.
	Commit(b []byte) error

	// Abort takes the message back.
	Abort()

	// Peer returns the other end. It is the value that NewPeer made for this link.
	Peer() *Peer
}

// BeginWait is called by a transport before it waits on behalf of a sender, and end afterwards: if ctx is a handler's, the worker's place goes to others
// meanwhile. With an error the sender does not wait as things are: a Begin returns it.
func BeginWait(ctx context.Context) (end func(), err error) {
	if v, ok := ctx.(*valueContext); ok {
		if v.away {
			return func() {}, nil
		}
		return nil, errWouldWait
	}
	cx, _ := originOf(ctx)
	return cx.blocks(), nil
}

// A valueContext is the context of a value that a handler sends in a session, and that gives up its turn before it waits for the link: see sendFar.
type valueContext struct {
	context.Context
	away bool // it has
}

// errWouldWait is why a value of a session is not sent by a handler that has the turn.
var errWouldWait = NewError(CodeMailboxFull, "there is no room in the buffer of the link", nil)

// blocks tells that the handler waits in the runtime, until end is called. It does nothing for nil.
func (c *Context) blocks() (end func()) {
	if c == nil || c.w == nil {
		return func() {}
	}
	c.w.block()
	return c.w.unblock
}

// A MessageKind says what an envelope is about.
type MessageKind uint8

// The kinds of messages between procs.
const (
	MessageCast   MessageKind = 1 + iota // arguments, one-way
	MessageCall                          // arguments of a call
	MessageAnswer                        // result of a call
	MessageError                         // encoded error: the answer of a call that failed
	MessageCancel                        // the caller of a call has left; for a session an encoded error that says why
	MessageReturn                        // encoded error: a cast that was not delivered; Handler, To and From are the cast's

	// Of a session, under the number of the call that opens it: see sessionwire.go.
	MessageOpened  // its opening value
	MessageIn      // a value for the actor
	MessageOut     // a value for the client
	MessageInEnd   // nothing more for the actor
	MessageInRoom  // how many values for the actor were taken
	MessageOutRoom // how many for the client were
)

// An Envelope is what travels with a payload. Which fields are used depends on Kind.
type Envelope struct {
	Kind MessageKind
	// Call numbers a call within its link and direction, from 1. Calls, answers, errors, cancels, and all that is of a session, have it.
	Call uint64
	// To is the serial of the actor it is for; 0 if ToName names it. Calls, casts, returns.
	To uint64
	// ToName names the actor if To is 0. In a received envelope it is valid until Receive returns.
	ToName string
	// From is the serial of the sending actor in the sending proc; 0 if the sender is no actor. Calls, casts, returns.
	From uint64
	// Handler is the handler's stable id. Calls, casts, returns.
	Handler uint64
	// Schema is the id of the handler's shape. The sender always sets it; a link sends it with the first message
	// of each handler alone, and 0 means not sent.
	Schema uint64
	// Remaining is the time until the caller's deadline; 0 is none. Calls.
	Remaining time.Duration
	// Chain names the actors that wait for this call, the first caller first. Calls.
	Chain []ID
	// Headers are those of WithHeader. Calls, casts.
	Headers []Header
}

// A Header is one key and its value, as WithHeader sets them.
type Header struct{ Key, Value string }
