package actor

import (
	"context"
	"fmt"
	"slices"
)

// A HandlerFunc handles one message: a call or a cast. Interceptors wrap one in another.
//
// ctx is the handler's *Context, or what interceptors have derived from it. An error is the call's, or the cast's.
type HandlerFunc func(ctx context.Context, in Incoming) error

// An Interceptor wraps the handling of an actor's messages: what it returns runs in the actor's turn, around the handler, on
// the handler's goroutine. It is asked once for the proc, and once more for each actor that has interceptors of its own.
//
// next runs the handler, once, and returns its error. It has to be called, or an error returned, and before that error:
//
//   - An error without next refuses the message. A call's caller gets the error. A cast is counted and reported undelivered,
//     with CodeRefused and the error in it, and the actor lives on, unless the error is Fatal.
//   - An error after next is what the handler's would be: the caller's, or for a cast supervision's. So an interceptor can
//     replace a handler's error or keep it to itself, but not that of Fatal.
//   - A handler's panic is an error of CodePanic, so that every interceptor sees it. It fails the actor whatever they return. If
//     the handler ends its goroutine, next does not return, and only what interceptors have deferred runs.
//   - An interceptor's own panic is the handler's.
//   - next with a context derived from ctx gives the handler its values, its headers, and an earlier end. The headers are those
//     of everything that the handler sends. With any other context it is an error, and the handler does not run.
//
// Handlers of each kind are intercepted: calls and casts from anywhere, inline and local ones, in isolation too. Hooks are not.
// Inline calls take the way through the mailbox. Messages that are not handled are not seen: calls whose context has ended in
// the queue, and what is lost when the actor stops.
type Interceptor func(next HandlerFunc) HandlerFunc

// An Option is a property of one actor, or of all actors of a proc.
type Option interface {
	ProcOption
	SpawnOption
}

// Intercept has interceptors wrap the handling of an actor's messages, or of those of all actors of a proc. The first is the
// outermost; those of the proc come before the actor's own. Of several options each adds to those before.
func Intercept(interceptors ...Interceptor) Option { return interceptOption(interceptors) }

type interceptOption []Interceptor

func (o interceptOption) applySpawn(c *spawnConfig) {
	if len(o) == 0 {
		return
	}
	var before []Interceptor
	if c.chain != nil {
		before = c.chain.interceptors
	}
	c.chain = &chain{interceptors: append(slices.Clip(before), o...)}
}

func (o interceptOption) applyProc(p *Proc) error {
	config := *p.defaults
	o.applySpawn(&config)
	p.defaults = &config
	return nil
}

// A chain is the interceptors of an actor, those of its proc first.
type chain struct {
	interceptors []Interceptor
	handle       HandlerFunc // what they make together
}

// wrap makes one function of the interceptors. It does nothing if that was done before, for the proc.
func (c *chain) wrap() error {
	if c == nil || c.handle != nil {
		return nil
	}
	handle, err := wrapped(handleMessage, c.interceptors, "interceptor %d", ", the proc's being the first")
	c.handle = handle
	return err
}

// wrapped puts interceptors around what they end with, the first outermost. One that is nil, or makes nil, is an error that names its
// place by what and says more.
func wrapped[F ~func(context.Context, M) error, M any, I ~func(F) F](inner F, interceptors []I, what, more string) (F, error) {
	for i, wrap := range slices.Backward(interceptors) {
		if wrap == nil {
			return nil, NewError(CodeMisuse, fmt.Sprintf(what+" is nil"+more, i+1), nil)
		}
		if inner = wrap(inner); inner == nil {
			return nil, NewError(CodeMisuse, fmt.Sprintf(what+" has returned nil"+more, i+1), nil)
		}
	}
	return inner, nil
}

// An Incoming is a message that an actor is about to handle, as its interceptors see it. It can be kept: only Args ends with the
// message. The zero value is nobody's.
type Incoming struct {
	r       *interception
	number  uint64 // of the message, among those of r
	core    *core
	from    *core
	sender  *remoteSender
	headers *headers
	op      uint16
}

// Actor returns the control of the actor that handles the message.
func (in Incoming) Actor() Handle { return Handle{in.core} }

// Proc returns the proc that hosts the actor.
func (in Incoming) Proc() *Proc {
	if in.core == nil {
		return nil
	}
	return in.core.proc
}

// Handler returns the handler's name, as bank.Account.Deposit.
func (in Incoming) Handler() string {
	if in.core == nil {
		return ""
	}
	return in.core.kind().what(in.op)
}

// Oneway tells a cast from a call.
func (in Incoming) Oneway() bool {
	return in.core != nil && in.core.kind().handlers[in.op].Flags&GenOneway != 0
}

// Caller returns the actor that has sent the message, as Context.Caller: the zero ID if it was not sent by an actor.
func (in Incoming) Caller() ID { return callerID(in.from, in.sender) }

// CallerProc returns the proc that sent the message, as Context.CallerProc.
func (in Incoming) CallerProc() (id UUID, name string) {
	if in.core == nil {
		return UUID{}, ""
	}
	return in.core.procOf(in.sender)
}

// Remote tells whether the message came from another proc.
func (in Incoming) Remote() bool { return in.sender != nil }

// Header returns the value of a header that the message came with, "" if it has none of that key.
func (in Incoming) Header(key string) string { return in.headers.get(key) }

// Headers returns all headers that the message came with. The slice must not be changed.
func (in Incoming) Headers() []Header { return in.headers.all() }

// Args returns the arguments, boxed now: the argument of a handler with one, struct{}{} without any, and with several the
// generated …Args struct for a cast, a []any for a call. They are the handler's, which may change what they point to: look at
// them before next, and change nothing. It is nil once the message has been handled, and for calls in code that was
// generated before there were interceptors.
func (in Incoming) Args() any {
	if in.r == nil || !in.r.under(in.number) {
		return nil
	}
	return in.core.self.arguments(in.r)
}
