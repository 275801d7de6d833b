package actor_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/actorgen/actorgen/runtime/actor"
)

// A tap is a stream: what is put into it, then err.
type tap struct {
	values chan int
	err    error
	busy   chan struct{} // told when somebody begins to wait
}

func newTap() *tap {
	return &tap{values: make(chan int), err: io.EOF, busy: make(chan struct{}, 100)}
}

func (s *tap) recv(ctx context.Context) (int, error) {
	s.busy <- struct{}{}
	select {
	case v, ok := <-s.values:
		if !ok {
			return 0, s.err
		}
		return v, nil
	case <-ctx.Done():
		return 0, fmt.Errorf("reading a tap: %w", context.Cause(ctx))
	}
}

type received struct {
	v   int
	err error
}

// receiving receives once, on a goroutine of its own.
func receiving(ctx context.Context, r *actor.FanoutReader[int]) <-chan received {
	done := make(chan received, 1)
	go func() {
		v, err := r.Recv(ctx)
		done <- received{v, err}
	}()
	return done
}

func wantValue(t *testing.T, done <-chan received, v int) {
	t.Helper()
	if got := receive(t, done, "a value"); got.v != v || got.err != nil {
		t.Errorf("got %+v, want %d", got, v)
	}
}

// numbers is a stream of the numbers below n, which has them all at once.
func numbers(n int) func(context.Context) (int, error) {
	next := 0
	return func(context.Context) (int, error) {
		if next == n {
			return 0, io.EOF
		}
		next++
		return next - 1, nil
	}
}

// parity: A61
func TestSlowReaderIsToldWhatItLostAndTheFastestLosesNothing(t *testing.T) {
	const n, buffer = 100, 8
	f := actor.NewFanout(buffer, numbers(n))
	fast, slow, late := f.Subscribe(), f.Subscribe(), (*actor.FanoutReader[int])(nil)
	for i := range n {
		if v, err := fast.Recv(t.Context()); v != i || err != nil {
			t.Fatalf("the fastest got %d, %v, want %d", v, err, i)
		}
		if i == n-4 {
			late = f.Subscribe()
		}
	}
	_, err := slow.Recv(t.Context())
	if lag, _ := errors.AsType[*actor.Lagged](err); lag == nil || lag.Lost != n-buffer || err.Error() != "the reader is too slow: 92 values were lost to it" {
		t.Errorf("got %v", err)
	}
	for r, first := range map[*actor.FanoutReader[int]]int{slow: n - buffer, late: n - 3, fast: n} {
		var got []int
		for v, err := range r.All(t.Context()) {
			if err != nil {
				t.Error(err)
			}
			got = append(got, v)
		}
		if len(got) != n-first || len(got) > 0 && (got[0] != first || got[len(got)-1] != n-1) {
			t.Errorf("got %v, want %d to %d", got, first, n-1)
		}
	}
}

func TestEndOfTheStreamReachesAllAsOneError(t *testing.T) {
	s := newTap()
	s.err = fmt.Errorf("the far side: %w", errBoom)
	f := actor.NewFanout(4, s.recv)
	a, b, idle := f.Subscribe(), f.Subscribe(), f.Subscribe()
	first, second := receiving(soon(t), a), receiving(soon(t), b)
	s.values <- 7
	wantValue(t, first, 7)
	wantValue(t, second, 7)
	first, second = receiving(soon(t), a), receiving(soon(t), b)
	close(s.values)
	wantValue(t, receiving(soon(t), idle), 7)
	for _, done := range []<-chan received{first, second, receiving(soon(t), a), receiving(soon(t), idle), receiving(soon(t), f.Subscribe())} {
		if got := receive(t, done, "the end"); got.err != s.err {
			t.Errorf("got %+v", got)
		}
	}
	for _, err := range idle.All(soon(t)) {
		if err != s.err {
			t.Errorf("got %v", err)
		}
	}
}

// parity: A61
// Whoever reads for all and leaves hands over to another: by the end of its context, by a close, by a panic, and with its goroutine.
func TestReadingIsHandedOver(t *testing.T) {
	for name, c := range map[string]struct {
		recv  func(s *tap, leave <-chan struct{}) func(context.Context) (int, error)
		leave func(r *actor.FanoutReader[int], cancel context.CancelFunc)
		code  actor.Code
	}{
		"context": {nil, func(_ *actor.FanoutReader[int], cancel context.CancelFunc) { cancel() }, actor.CodeCanceled},
		"close":   {nil, func(r *actor.FanoutReader[int], _ context.CancelFunc) { r.Close() }, actor.CodeStopped},
		"panic":   {once(func() { panic(errBoom) }), nil, actor.CodeUnknown},
		"Goexit":  {once(runtime.Goexit), nil, actor.CodeUnknown},
	} {
		synctest.Test(t, func(t *testing.T) {
			s, leave := newTap(), make(chan struct{})
			recv := s.recv
			if c.recv != nil {
				recv = c.recv(s, leave)
			}
			f := actor.NewFanout(4, recv)
			a, b := f.Subscribe(), f.Subscribe()
			ctx, cancel := context.WithCancel(soon(t))
			defer cancel()
			left := make(chan error, 1)
			go func() {
				var err error
				defer func() {
					recover()
					left <- err
				}()
				_, err = a.Recv(ctx)
			}()
			receive(t, s.busy, "the reading")
			waiting := receiving(soon(t), b)
			synctest.Wait()
			if c.leave != nil {
				c.leave(a, cancel)
			} else {
				close(leave)
			}
			if err := receive(t, left, "the reader to leave"); actor.CodeOf(err) != c.code {
				t.Errorf("%s: it left with %v", name, err)
			}
			receive(t, s.busy, "another to read")
			s.values <- 7
			wantValue(t, waiting, 7)
			if name != "close" {
				wantValue(t, receiving(soon(t), a), 7)
			}
		})
	}
}

// once returns what makes a stream whose first read waits for leave and does f.
func once(f func()) func(s *tap, leave <-chan struct{}) func(context.Context) (int, error) {
	return func(s *tap, leave <-chan struct{}) func(context.Context) (int, error) {
		first := true // one reads at a time
		return func(ctx context.Context) (int, error) {
			if first {
				first = false
				s.busy <- struct{}{}
				<-leave
				f()
			}
			return s.recv(ctx)
		}
	}
}

// parity: A61
func TestCloseEndsOneReaderAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTap()
		f := actor.NewFanout(4, s.recv)
		a, b, unread := f.Subscribe(), f.Subscribe(), f.Subscribe()
		reading := receiving(soon(t), a)
		receive(t, s.busy, "the reading")
		waiting := receiving(soon(t), b)
		synctest.Wait()
		b.Close()
		b.Close()
		if got := receive(t, waiting, "the end"); actor.CodeOf(got.err) != actor.CodeStopped {
			t.Errorf("got %+v", got)
		}
		s.values <- 7
		wantValue(t, reading, 7)
		unread.Close()
		for _, r := range []*actor.FanoutReader[int]{b, unread} {
			_, err := r.Recv(soon(t))
			wantCode(t, err, actor.CodeStopped)
			wantText(t, err, "the reader is closed")
		}
	})
}

// A stream that ends while its reader is being cancelled has ended for all: it is not asked again.
func TestEndOfTheStreamIsNotTakenForTheReadersOwn(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	reads := 0
	f := actor.NewFanout(4, func(context.Context) (int, error) {
		reads++
		cancel()
		return 0, io.EOF
	})
	a, b := f.Subscribe(), f.Subscribe()
	for _, r := range []*actor.FanoutReader[int]{a, b} {
		if _, err := r.Recv(ctx); err != io.EOF {
			t.Errorf("got %v", err)
		}
	}
	if reads != 1 {
		t.Errorf("the stream was read %d times", reads)
	}
}

func TestRecvWithAnEndedContextTakesWhatIsThere(t *testing.T) {
	f := actor.NewFanout(0, numbers(3)) // which keeps one
	a, b := f.Subscribe(), f.Subscribe()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := a.Recv(over)
	wantCode(t, err, actor.CodeCanceled)
	if v, err := b.Recv(t.Context()); v != 0 || err != nil {
		t.Error(v, err)
	}
	if v, err := a.Recv(over); v != 0 || err != nil {
		t.Error(v, err)
	}
}

// Handlers that wait for a fan-out do not keep others from running.
func TestHandlersReceiveFromAFanout(t *testing.T) {
	p := newProc(t)
	to, values := actor.OpenPort[int](p)
	f := actor.NewFanout(4, values.Recv)
	var calls []<-chan error
	for range 4 * runtime.GOMAXPROCS(0) {
		r := f.Subscribe()
		g := spawnGate(t, p)
		calls = append(calls, begin(func() error {
			return g.Do(soon(t), func(ctx *actor.Context) error {
				for _, want := range []int{7, 8} {
					if v, err := r.Recv(ctx); v != want || err != nil {
						return fmt.Errorf("got %d, want %d: %w", v, want, err)
					}
				}
				return nil
			})
		}))
	}
	flush(t, spawnGate(t, p))
	ok(t, to.Send(soon(t), 7))
	ok(t, to.Send(soon(t), 8))
	for _, call := range calls {
		ok(t, receive(t, call, "a handler"))
	}
}

// A Lagged is found again by whoever called the reader's actor from another proc.
func TestLaggedTravels(t *testing.T) {
	b, err := (&actor.Lagged{Lost: 1 << 40}).MarshalMsg(nil)
	ok(t, err)
	var l actor.Lagged
	if rest, err := l.UnmarshalMsg(slices.Concat(b, []byte{7})); err != nil || len(rest) != 1 || l.Lost != 1<<40 {
		t.Errorf("got %+v, %d bytes are left, %v", l, len(rest), err)
	}
}
