package actor

import (
	"context"
	"fmt"
)

// A PortOption is a property of an opened port: MailboxSize and OnFull, which mean for it what they mean for an actor.
type PortOption interface {
	applyPort(*portConfig)
}

// A QueueOption is a property of whatever has a queue: of an actor, or of an opened port.
type QueueOption interface {
	SpawnOption
	PortOption
}

type portConfig struct {
	size int
	full FullPolicy
}

// OpenPort opens a port of this process: values pass through it as they are. It belongs to owner: a port opened by a handler is
// closed when the incarnation ends, one opened by a *Proc when that has shut down. 4,096 values may wait unless MailboxSize says
// otherwise, and what does not fit is refused with ErrMailboxFull unless OnFull does.
//
// If owner has ended, or is nil, the port is closed from the start: Send and Recv say why.
func OpenPort[M any](owner Spawner, opts ...PortOption) (Port[M], *Receiver[M]) {
	q := newQueue[M](opts)
	q.open(owner, "an opened port", q)
	return Port[M]{q}, &Receiver[M]{q}
}

// OpenOnce opens a port for one value: who sends a second one gets an error with CodeStopped, and so does who receives
// a second time.
func OpenOnce[M any](owner Spawner) (Port[M], *Receiver[M]) {
	q := newQueue[M](nil)
	q.once = true
	q.open(owner, "a port for one value", q)
	return Port[M]{q}, &Receiver[M]{q}
}

// OpenAccumulator opens a port that folds what is sent into a state, beginning with the zero value of S. The receiver gets the
// state as it is when it receives, once for however many values have come since the last time.
func OpenAccumulator[S, U any](owner Spawner, fold func(state S, update U) S) (Port[U], *Receiver[S]) {
	q := newQueue[S](nil)
	q.open(owner, "an accumulating port", q)
	return Port[U]{&accumulator[S, U]{queue: q, fold: fold}}, &Receiver[S]{q}
}

// MapPort returns a port for values of another type, which f turns into what to takes. f runs where the value is sent,
// and must be safe for concurrent use. The port works in this process only.
func MapPort[R, M any](to Port[M], f func(R) M) Port[R] {
	if to.IsZero() {
		return Port[R]{}
	}
	return Port[R]{&mappedPort[R, M]{to, f}}
}

func newQueue[M any](opts []PortOption) *portQueue[M] {
	config := portConfig{size: defaultSpawnConfig.mailbox}
	for _, o := range opts {
		o.applyPort(&config)
	}
	return &portQueue[M]{limit: config.size, full: config.full, news: make(chan struct{}, 1)}
}

// open gives the queue its owner, at whose end self is told. If that is not to be, the port is closed from the start.
func (q *portQueue[M]) open(owner Spawner, what string, self ender) {
	q.what = fmt.Sprintf("%s of %T", what, *new(M))
	switch err := q.attach(owner, ofIncarnation, self); {
	case err != nil:
		self.end(err)
	case q.owner != nil:
		q.what += ", opened by " + q.owner.label()
	default:
		q.what += ", opened in proc " + q.proc.name
	}
}

// accumulator is an accumulating port.
type accumulator[S, U any] struct {
	queue *portQueue[S]
	fold  func(S, U) S
	state S // under the queue's lock
}

// Send folds u into the state.
func (a *accumulator[S, U]) Send(ctx context.Context, u U) error {
	q := a.queue
	if ctx.Err() != nil {
		return contextError("sending to "+q.what, ctx)
	}
	q.mu.Lock()
	if q.closed != nil {
		defer q.mu.Unlock()
		return q.errClosedLocked()
	}
	folded := false
	defer func() {
		q.mu.Unlock() // also if fold panics, which is its caller's
		if folded {
			knock(q.news)
		}
	}()
	a.state = a.fold(a.state, u)
	folded = true
	if q.n > 0 {
		q.queue[q.head].m = a.state
		return nil
	}
	q.append(queuedValue[S]{m: a.state})
	return nil
}

type mappedPort[R, M any] struct {
	to Port[M]
	f  func(R) M
}

// Send sends what f makes of r.
func (p *mappedPort[R, M]) Send(ctx context.Context, r R) error { return p.to.Send(ctx, p.f(r)) }
