package actor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"
)

// A Context is what a handler runs with: the context of its message, and the way to the actor itself.
//
// It carries the caller's deadline and cancellation, and headers, and no other value. It is valid until the handler
// returns, as an HTTP request's is: then it and what was derived from it end. A goroutine that outlives the handler
// uses Detach. A handler runs on one goroutine; others that it starts must not wait with its context for calls
// of a reentrant handler.
type Context struct {
	core    *core
	w       *worker         // that runs the handler; nil for an inline call from elsewhere
	up      context.Context // the caller's, for a call in this proc or from another
	call    *GenCall        // what is answered; nil for casts and hooks
	from    *core           // the sender, if an actor of this proc
	sender  *remoteSender   // the sender, if in another proc
	feed    *feed           // sends on its own: a timer, a source or a task of the actor
	headers *headers
	inline  *Context // the caller whose goroutine this is
	strand  *strand  // of a handler that may give up its turn
	depth   uint8    // of inline calls
	begins  bool     // Init runs, or has just returned
	open    bool     // up was derived by an interceptor: its values are the handler's
	over    atomic.Pointer[lifetime]
}

// A lifetime is made for a Context when somebody looks at it in a way that may outlast the handler.
type lifetime struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
}

// errReturned is the cause of a context whose handler has returned.
var errReturned = errors.New("the handler has returned: a goroutine that goes on needs ctx.Detach()")

// FromContext returns the handler's context that ctx is, or was derived from: for interceptors, and for whatever a handler
// calls with a context.Context. It is false for others, and for what Detach returns.
func FromContext(ctx context.Context) (*Context, bool) {
	cx, _ := originOf(ctx)
	return cx, cx != nil
}

// look makes the lifetime, once.
func (c *Context) look() *lifetime {
	if l := c.over.Load(); l != nil {
		return l
	}
	l := &lifetime{}
	parent := context.Background()
	if c.up != nil {
		parent = upward{c.up, c.open}
	}
	if labels := c.core.labels(); labels != nil {
		parent = labelled{parent, labels}
	}
	l.ctx, l.cancel = context.WithCancelCause(parent)
	if !c.over.CompareAndSwap(nil, l) {
		l.cancel(nil)
		return c.over.Load()
	}
	if c.core.isDoomed() {
		l.cancel(c.core.cause())
	}
	if c.strand.isOver() {
		l.cancel(c.strand.cause)
	}
	return l
}

// end ends what was derived from the context. It reports whether there was anything: then it is not used again.
func (c *Context) end(cause error) bool {
	l := c.over.Load()
	if l == nil {
		return false
	}
	l.cancel(cause)
	return true
}

// Deadline returns the caller's deadline.
func (c *Context) Deadline() (time.Time, bool) {
	if c.up != nil {
		return c.up.Deadline()
	}
	return time.Time{}, false
}

// Done is closed when the caller's context ends, when the actor is killed, and when the handler has returned.
func (c *Context) Done() <-chan struct{} { return c.look().ctx.Done() }

// Err tells why Done is closed, and is nil before.
func (c *Context) Err() error {
	switch l := c.over.Load(); {
	case l != nil:
		return l.ctx.Err()
	case c.core.isDoomed(), c.strand.isOver():
		return context.Canceled
	case c.up != nil:
		return c.up.Err()
	}
	return nil
}

// Value is nil for all keys but the runtime's and those that interceptors of the actor have set: a sender's context values do not
// reach handlers, headers do.
func (c *Context) Value(key any) any {
	if _, ok := key.(originKey); ok {
		return c
	}
	return c.look().ctx.Value(key) // context's own keys
}

// AfterFunc is what context.AfterFunc and derived contexts use: f runs once Done is closed.
func (c *Context) AfterFunc(f func()) (stop func() bool) { return context.AfterFunc(c.look().ctx, f) }

// upward is what a handler's context ends with: its caller's context, without the values, or what interceptors have derived.
type upward struct {
	context.Context
	open bool
}

func (u upward) Value(key any) any {
	if u.open {
		return u.Context.Value(key)
	}
	return nil
}

func (u upward) AfterFunc(f func()) (stop func() bool) { return context.AfterFunc(u.Context, f) }

// Detach returns a context with the same deadline and headers for goroutines that outlive the handler. It has
// neither the actor's turn nor its place in a chain of calls, and the end of caller and handler do not end it.
func (c *Context) Detach() context.Context {
	ctx := context.Background()
	if deadline, ok := c.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline)
		context.AfterFunc(ctx, cancel)
	}
	return &detached{ctx, c.headers}
}

type detached struct {
	context.Context
	headers *headers
}

func (d *detached) Value(key any) any {
	if _, ok := key.(originKey); ok {
		return d
	}
	return d.Context.Value(key)
}

// Proc returns the proc that hosts the actor.
func (c *Context) Proc() *Proc { return c.actor().proc }

// Self returns the actor's control.
func (c *Context) Self() Handle { return Handle{c.actor()} }

// actor returns whose handler this is. A build function that has its parent's context is a common way to be late.
func (c *Context) actor() *core {
	if c.core == nil {
		panic("actor: a Context was used after its handler had returned: what build, a goroutine or a later handler needs of it " +
			"(ctx.Proc(), ctx.Self()) is to be taken before")
	}
	return c.core
}

// Header returns the value of a header of the message, "" if it has none of that key.
func (c *Context) Header(key string) string { return c.headers.get(key) }

// Headers returns all headers of the message. The slice must not be changed.
func (c *Context) Headers() []Header { return c.headers.all() }

// Caller returns who sent the message: the zero ID if it was not sent by an actor.
func (c *Context) Caller() ID { return callerID(c.from, c.sender) }

// CallerProc returns the proc that sent the message: the actor's own, or another as it calls itself, which is to be trusted as far as
// the link to it is. It tells apart what Caller does not: senders that are no actors, here and in other procs.
func (c *Context) CallerProc() (id UUID, name string) { return c.actor().procOf(c.sender) }

// procOf returns the proc of who sent a message to the actor.
func (c *core) procOf(sender *remoteSender) (id UUID, name string) {
	if sender != nil {
		return sender.peer.id, sender.peer.name
	}
	return c.proc.id, c.proc.name
}

func callerID(from *core, sender *remoteSender) ID {
	switch {
	case from != nil:
		return from.id()
	case sender != nil:
		return sender.id
	}
	return ID{}
}

// Incarnation returns the id of the actor's present run, from a start to a stop or restart.
func (c *Context) Incarnation() UUID {
	return c.actor().incarnation()
}

// Log returns the proc's logger with the actor's name and kind. The last records that are written through it are
// kept with the actor: see Snapshot.Log.
func (c *Context) Log() *slog.Logger {
	log := c.actor().log()
	if c.core.proc.recorded == 0 {
		return log
	}
	return slog.New(&recorder{next: log.Handler(), core: c.core})
}

func (c *core) log() *slog.Logger {
	return c.proc.logger.With("actor", c.label(), "id", c.id().String())
}

// chain returns the actors in other procs that wait for what the handler does.
func (c *Context) chain() []ID {
	for ; c != nil; c = c.inline {
		if c.call != nil {
			return c.call.chain
		}
	}
	return nil
}

// contextError is the error of a call or send whose context has ended.
func contextError(what string, ctx context.Context) error {
	cause := context.Cause(ctx)
	code := CodeCanceled
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		code = CodeDeadline
	}
	return NewError(code, fmt.Sprintf("%s: %v", what, cause), cause)
}
