package actor

import (
	"context"
	"errors"
	"io"
	"iter"
	"sync"
)

// A Fanout gives each value of one stream to all who subscribe, each at a pace of their own. It has no goroutine: the reader who finds
// nothing new reads the stream for all. The values are shared by the readers, and must not be changed.
//
// A reader that falls behind loses the oldest values, and is told how many. The stream waits for nobody, so that the fastest
// reader loses nothing.
type Fanout[T any] struct {
	recv func(context.Context) (T, error)

	mu      sync.Mutex
	kept    []T    // the last values, as a ring: value n is at n % len
	next    uint64 // the number of the value that comes next
	ended   error  // what the stream has ended with
	reading bool   // one of the readers does, for all
	changed chan struct{}
}

// NewFanout returns a fan-out of the stream that recv reads, as that of a session's client does. buffer is how many values are kept for
// those who are slow, at least 1.
//
// recv is called by one reader at a time, with a context that ends when that reader's does or when it is closed. If it fails because of
// that, it must have taken nothing from the stream, and its error must be the context's or wrap it or its cause: another reader
// calls it then. Any other error ends the stream, for all.
func NewFanout[T any](buffer int, recv func(ctx context.Context) (T, error)) *Fanout[T] {
	return &Fanout[T]{recv: recv, kept: make([]T, max(1, buffer))}
}

// Subscribe returns a reader of the values that come from now on.
func (f *Fanout[T]) Subscribe() *FanoutReader[T] {
	f.mu.Lock()
	defer f.mu.Unlock()
	return &FanoutReader[T]{f: f, at: f.next}
}

// A FanoutReader is one reader of a Fanout. Several goroutines that share one get each value once.
type FanoutReader[T any] struct {
	f *Fanout[T]

	// Under the fan-out's lock.
	at     uint64 // the number of the value to receive
	closed bool
	stop   context.CancelCauseFunc // ends the reading of the stream, if it is this one that reads
}

const receivingFromFanout = "receiving from a fan-out"

var errReaderClosed error = &Error{Code: CodeStopped, Text: receivingFromFanout + ": the reader is closed"}

// Recv returns the next value, and waits for it no longer than ctx lives. A *Lagged tells that values were lost; the next call goes on
// with the oldest that is kept. After the last value it returns the error that the stream ended with, io.EOF above all, the
// same to all; and CodeStopped once the reader is closed. A handler that waits here for another reader holds its turn.
func (r *FanoutReader[T]) Recv(ctx context.Context) (T, error) {
	f := r.f
	f.mu.Lock()
	defer f.mu.Unlock()
	for {
		if v, ok, err := r.takeLocked(); ok {
			return v, err
		}
		var err error
		switch {
		case ctx.Err() != nil:
			err = contextError(receivingFromFanout, ctx)
		case f.reading:
			err = f.waitLocked(ctx)
		default:
			err = r.readLocked(ctx)
		}
		if err != nil && !r.closed {
			var zero T
			return zero, err
		}
	}
}

// takeLocked returns what there is for the reader, if there is something.
func (r *FanoutReader[T]) takeLocked() (v T, ok bool, err error) {
	f := r.f
	size := uint64(len(f.kept))
	switch {
	case r.closed:
		return v, true, errReaderClosed
	case f.next-r.at > size:
		lost := f.next - r.at - size
		r.at += lost
		return v, true, &Lagged{Lost: lost}
	case r.at < f.next:
		v = f.kept[r.at%size]
		r.at++
		return v, true, nil
	}
	return v, f.ended != nil, f.ended
}

// readLocked reads one value of the stream for all. The error is that of ctx. The lock is released meanwhile.
func (r *FanoutReader[T]) readLocked(ctx context.Context) error {
	f := r.f
	own, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	f.reading, r.stop = true, stop
	var v T
	var err error
	func() {
		f.mu.Unlock()
		defer func() { // also if recv panics, or ends the goroutine: others go on
			f.mu.Lock()
			f.reading, r.stop = false, nil
			f.wakeLocked()
		}()
		v, err = f.recv(own)
	}()
	switch {
	case err == nil:
		f.kept[f.next%uint64(len(f.kept))] = v
		f.next++
		return nil
	case own.Err() != nil && endedBy(own, err):
		return contextError(receivingFromFanout, own)
	}
	f.ended = err
	return nil
}

// endedBy tells whether err comes from the end of ctx, and not from a stream that has ended meanwhile.
func endedBy(ctx context.Context, err error) bool {
	code := CodeOf(err)
	return code == CodeCanceled || code == CodeDeadline || errors.Is(err, context.Cause(ctx))
}

// waitLocked waits until there may be something new. The error is that of ctx. The lock is released meanwhile.
func (f *Fanout[T]) waitLocked(ctx context.Context) error {
	if f.changed == nil {
		f.changed = make(chan struct{})
	}
	changed := f.changed
	f.mu.Unlock()
	defer f.mu.Lock()
	cx, _ := originOf(ctx)
	defer cx.blocks()()
	select {
	case <-changed:
		return nil
	case <-ctx.Done():
		return contextError(receivingFromFanout, ctx)
	}
}

// wakeLocked wakes all who wait: each finds a value, or that it is its turn to read.
func (f *Fanout[T]) wakeLocked() {
	if f.changed != nil {
		close(f.changed)
		f.changed = nil
	}
}

// All yields the values until the stream ends. io.EOF is the end of the loop; every other error is yielded, and is the last but
// for a *Lagged.
func (r *FanoutReader[T]) All(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for {
			v, err := r.Recv(ctx)
			if err == io.EOF || !yield(v, err) {
				return
			}
			if _, lagged := err.(*Lagged); err != nil && !lagged {
				return
			}
		}
	}
}

// Close ends this reader, and no other: its Recv returns an error with CodeStopped, also one that waits.
func (r *FanoutReader[T]) Close() {
	f := r.f
	f.mu.Lock()
	defer f.mu.Unlock()
	r.closed = true
	if r.stop != nil {
		r.stop(errReaderClosed)
	}
	f.wakeLocked()
}
