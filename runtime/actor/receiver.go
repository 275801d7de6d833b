package actor

import (
	"context"
	"fmt"
	"iter"
	"sync"
)

// A Receiver takes what is sent to a port that was opened by hand. Any number of goroutines may receive; each value goes to one of
// them, in the order of sending.
type Receiver[M any] struct{ q *portQueue[M] }

// Recv returns the next value, and waits for it no longer than ctx lives. Once the port is closed, and what was queued has been
// received, the error has CodeStopped. A handler that waits here holds its turn.
func (r *Receiver[M]) Recv(ctx context.Context) (M, error) {
	q := r.q
	if m, ok, err := q.take(); ok || err != nil {
		return m, err
	}
	if cx, _ := originOf(ctx); cx != nil {
		cx.w.block()
		defer cx.w.unblock()
	}
	for {
		select {
		case <-q.news:
		case <-ctx.Done():
			var zero M
			return zero, contextError("receiving from "+q.what, ctx)
		}
		if m, ok, err := q.take(); ok || err != nil {
			return m, err
		}
	}
}

// TryRecv returns the next value if there is one now.
func (r *Receiver[M]) TryRecv() (m M, ok bool) {
	m, ok, _ = r.q.take()
	return m, ok
}

// All yields the values until the port is closed, or ctx ends.
func (r *Receiver[M]) All(ctx context.Context) iter.Seq[M] {
	return func(yield func(M) bool) {
		for {
			m, err := r.Recv(ctx)
			if err != nil || !yield(m) {
				return
			}
		}
	}
}

// Len returns the number of values that wait.
func (r *Receiver[M]) Len() int {
	r.q.mu.Lock()
	defer r.q.mu.Unlock()
	return r.q.n
}

// Close closes the port: who sends to it gets an error, and what has not been received is reported undelivered.
func (r *Receiver[M]) Close() {
	q := r.q
	q.detach()
	q.self.end(NewError(CodeStopped, "its receiver was closed", nil))
	for {
		v, ok := q.pop()
		if !ok {
			return
		}
		q.lost(v, q.errIfClosed())
	}
}

// portQueue is an opened port: what was sent to it and not received.
type portQueue[M any] struct {
	attachment
	what  string // names the port in errors
	limit int
	full  FullPolicy
	once  bool          // closes itself after the first value
	news  chan struct{} // has room for one: there is something to receive, or the port is closed

	mu      sync.Mutex
	queue   []queuedValue[M] // a ring
	head    int
	n       int
	closed  error
	senders waiters
}

type queuedValue[M any] struct {
	from   *core         // the sender, if an actor of this proc
	sender *remoteSender // the sender, if in another proc
	m      M
}

// Send is what the port does.
func (q *portQueue[M]) Send(ctx context.Context, m M) error {
	if ctx.Err() != nil {
		return contextError("sending to "+q.what, ctx)
	}
	cx, _ := originOf(ctx)
	var from *core
	if cx != nil {
		from = cx.core
	}
	return q.push(ctx, cx, queuedValue[M]{from: from, m: m})
}

// push queues a value as the policy says. cx is the sending handler's context, or nil.
func (q *portQueue[M]) push(ctx context.Context, cx *Context, v queuedValue[M]) error {
	beyond := cx != nil && cx.feed != nil
	q.mu.Lock()
	for q.closed == nil && q.n >= q.limit && !beyond {
		switch {
		case q.full == FullBlock && ctx != fromLink:
			room := q.senders.join()
			q.mu.Unlock()
			if err := q.waitForRoom(ctx, cx, room); err != nil {
				return err
			}
			q.mu.Lock()
		case q.full == FullDropNewest:
			q.mu.Unlock()
			q.lost(v, q.errFull())
			return nil
		case q.full == FullDropOldest:
			oldest := q.shift()
			q.mu.Unlock()
			q.lost(oldest, q.errFull())
			q.mu.Lock()
		default:
			q.mu.Unlock()
			return q.errFull()
		}
	}
	if q.closed != nil {
		err := q.errClosedLocked()
		q.mu.Unlock()
		return err
	}
	q.append(v)
	if q.once {
		q.closed = NewError(CodeStopped, "it takes one value, and has it", nil)
	}
	q.mu.Unlock()
	knock(q.news)
	if q.once {
		q.detach()
	}
	return nil
}

// waitForRoom waits as a sender.
func (q *portQueue[M]) waitForRoom(ctx context.Context, cx *Context, room chan struct{}) error {
	if cx != nil {
		cx.w.block()
		defer cx.w.unblock()
	}
	select {
	case <-room:
		return nil
	case <-ctx.Done():
		q.mu.Lock()
		q.senders.leave(room)
		q.mu.Unlock()
		return contextError("sending to "+q.what, ctx)
	}
}

// append is called with the lock.
func (q *portQueue[M]) append(v queuedValue[M]) {
	if q.n == len(q.queue) {
		grown := make([]queuedValue[M], max(4, 2*q.n))
		for i := range q.n {
			grown[i] = q.queue[(q.head+i)%len(q.queue)]
		}
		q.queue, q.head = grown, 0
	}
	q.queue[(q.head+q.n)%len(q.queue)] = v
	q.n++
}

// shift takes the oldest value. It is called with the lock, and with a value there.
func (q *portQueue[M]) shift() queuedValue[M] {
	v := q.queue[q.head]
	q.queue[q.head] = queuedValue[M]{}
	q.head = (q.head + 1) % len(q.queue)
	q.n--
	q.senders.admit()
	return v
}

// pop takes the oldest value, if there is one.
func (q *portQueue[M]) pop() (v queuedValue[M], ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.n == 0 {
		return v, false
	}
	return q.shift(), true
}

// take takes the oldest value, or the error that no more will come.
func (q *portQueue[M]) take() (m M, ok bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.n > 0 {
		m, ok = q.shift().m, true
	} else if q.closed != nil {
		err = q.errClosedLocked()
	}
	if q.n > 0 || q.closed != nil {
		knock(q.news) // for others that wait
	}
	return m, ok, err
}

// end closes the port. What is queued can still be received.
func (q *portQueue[M]) end(cause error) {
	q.mu.Lock()
	if q.closed == nil {
		q.closed = cause
	}
	q.senders.admit()
	q.mu.Unlock()
	knock(q.news)
}

// lost reports a value that was accepted and will not be received.
func (q *portQueue[M]) lost(v queuedValue[M], err *Error) {
	q.proc.countDrop(err.Code)
	if v.sender != nil {
		v.sender.undelivered(openedPort, 0, err)
		return
	}
	q.proc.tellUndelivered(v.from, &Undelivered{Target: q.what, Args: v.m, Err: err})
}

func (q *portQueue[M]) errFull() *Error {
	return &Error{Code: CodeMailboxFull, Text: fmt.Sprintf("%s is full (%d values)", q.what, q.limit)}
}

// errIfClosed returns why the port is closed, or nil.
func (q *portQueue[M]) errIfClosed() *Error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed == nil {
		return nil
	}
	return q.errClosedLocked()
}

func (q *portQueue[M]) errClosedLocked() *Error {
	return &Error{Code: CodeStopped, Text: fmt.Sprintf("%s is closed: %v", q.what, q.closed), cause: q.closed}
}
