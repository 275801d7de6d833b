package actor_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// sender makes an option of one function.
func sender(f func(ctx context.Context, out actor.Outgoing, next actor.SendFunc) error) actor.ProcOption {
	return actor.InterceptSends(func(next actor.SendFunc) actor.SendFunc {
		return func(ctx context.Context, out actor.Outgoing) error { return f(ctx, out, next) }
	})
}

func TestSendInterceptorSeesEveryMessage(t *testing.T) {
	for name, isolation := range map[string][]actor.ProcOption{"given": nil, "isolated": {actor.Isolated()}} {
		t.Run(name, func(t *testing.T) {
			var seen []string
			p := newProc(t, append(isolation, sender(func(ctx context.Context, out actor.Outgoing, next actor.SendFunc) error {
				err := next(actor.WithHeader(ctx, "sent", "yes"), out)
				seen = append(seen, fmt.Sprint(out.Handler(), " ", out.Oneway(), " ", out.Target(), " ", out.To() != actor.ID{}, " ",
					out.Remote(), " ", out.Caller().Serial, " ", err))
				return err
			}))...)
			g := spawnGate(t, p)
			var headers []actor.Header
			h, err := sample.SpawnCounterAs(p, "c", func() sample.CounterBehavior { return &headed{seen: &headers} })
			ok(t, err)
			all := func(ctx context.Context) error {
				_, err1 := h.Deposit(ctx, 1, "x")
				_, err2 := h.Total(ctx)
				_, err3 := sample.PurseRefOf(h.Ref()).Total(ctx)
				return errors.Join(err1, err2, err3, h.Add(ctx, 1), h.Move(ctx, "a", "b", 1), h.Load(ctx, bigOne("big")),
					h.Ports().Note.Send(ctx, "text"), h.Each(ctx, func(string) {}))
			}
			want := func(caller uint64) (list []string) {
				for _, one := range []string{"Deposit false", "Total false", "Total false", "Add true", "Move true", "Load true",
					"Note true", "Each false"} {
					list = append(list, fmt.Sprint("sample.Counter.", one, " sample.Counter c true false ", caller, " <nil>"))
				}
				return list
			}
			ok(t, all(soon(t)))
			if !slices.Equal(seen, want(0)) {
				t.Errorf("from outside: %q", seen)
			}
			seen = nil
			ok(t, g.Do(soon(t), func(cx *actor.Context) error {
				seen = nil
				defer func() {
					if !slices.Equal(seen, want(g.Actor().ID().Serial)) {
						t.Errorf("from a handler: %q", seen)
					}
				}()
				return all(actor.WithHeader(cx, "own", "yes"))
			}))
			if n, err := h.Deposit(soon(t), 0, ""); n != 6 || err != nil {
				t.Error(n, err)
			}
			for _, header := range headers {
				if header.Value != "yes" {
					t.Errorf("header %v", header)
				}
			}
			if len(headers) != 4*2+4+1 {
				t.Errorf("%d headers: %v", len(headers), headers)
			}
		})
	}
}

// A headed Counter notes the headers of its messages.
type headed struct {
	sample.Counter
	seen *[]actor.Header
}

func (h *headed) note(ctx context.Context) {
	*h.seen = append(*h.seen, ctx.(*actor.Context).Headers()...)
}

func (h *headed) Add(ctx *actor.Context, n int64)           { h.note(ctx); h.Counter.Add(ctx, n) }
func (h *headed) Load(ctx *actor.Context, big sample.Big)   { h.note(ctx) }
func (h *headed) Each(ctx *actor.Context, f func(s string)) { h.note(ctx) }
func (h *headed) Deposit(ctx context.Context, n int64, note string) (int64, error) {
	h.note(ctx)
	return h.Counter.Deposit(ctx, n, note)
}

func TestSendInterceptorsComposeAndRefuse(t *testing.T) {
	var order []string
	named := func(name string) actor.SendInterceptor {
		return func(next actor.SendFunc) actor.SendFunc {
			return func(ctx context.Context, out actor.Outgoing) error {
				order = append(order, name)
				if ctx.Err() == nil && name == "3" {
					return errBoom
				}
				return next(ctx, out)
			}
		}
	}
	p := newProc(t, actor.InterceptSends(named("1"), named("2")), actor.InterceptSends(named("3")))
	h := spawnCounter(t, p)
	for name, send := range map[string]func() error{
		"call":        func() error { _, err := h.Deposit(soon(t), 1, ""); return err },
		"inline":      func() error { _, err := h.Total(soon(t)); return err },
		"cast":        func() error { return h.Add(soon(t), 1) },
		"framed cast": func() error { return h.Load(soon(t), bigOne("x")) },
		"port":        func() error { return h.Ports().Add.Send(context.Background(), 1) },
	} {
		for range 3 {
			order = nil
			if err := send(); err != errBoom || !slices.Equal(order, []string{"1", "2", "3"}) {
				t.Errorf("%s: %v by %v", name, err, order)
			}
		}
	}
}

func TestSendInterceptorSeesWhatTheSenderSees(t *testing.T) {
	var seen []error
	p := newProc(t, quiet, sender(func(ctx context.Context, out actor.Outgoing, next actor.SendFunc) error {
		err := next(ctx, out)
		seen = append(seen, err)
		return err
	}))
	g := spawnGate(t, p, actor.MailboxSize(1))
	full := spawnGate(t, p, actor.MailboxSize(1))
	hold(t, full)
	ok(t, full.Post(soon(t), nop))
	hung, cancel := context.WithCancel(context.Background())
	left := make(chan struct{})
	stopped := spawnCounter(t, p)
	stopped.Actor().Stop(actor.StopNow, nil)
	<-stopped.Actor().Done()
	for _, one := range []struct {
		send func() error
		code actor.Code
	}{
		{func() error { return g.Do(soon(t), func(*actor.Context) error { return errBoom }) }, actor.CodeUnknown},
		{func() error { return full.Post(soon(t), nop) }, actor.CodeMailboxFull},
		{func() error {
			defer close(left)
			return g.Do(hung, func(*actor.Context) error { cancel(); <-left; return nil })
		}, actor.CodeCanceled},
		{func() error { return stopped.Add(soon(t), 1) }, actor.CodeStopped},
		{func() error { return stopped.Load(soon(t), bigOne("x")) }, actor.CodeStopped},
		{func() error { _, err := stopped.Deposit(soon(t), 1, ""); return err }, actor.CodeStopped},
	} {
		seen = nil
		err := one.send()
		if actor.CodeOf(err) != one.code || len(seen) != 1 || seen[0] != err || err == nil {
			t.Errorf("the sender has %v, the interceptor has seen %v", err, seen)
		}
	}
	// What has nowhere to go, or no time to go, is not sent.
	seen = nil
	wantCode(t, sample.GateHandle{}.Do(soon(t), nop), actor.CodeUnbound)
	wantCode(t, g.Do(hung, nop), actor.CodeCanceled)
	wantCode(t, stopped.Add(hung, 1), actor.CodeCanceled)
	if len(seen) != 0 {
		t.Errorf("seen: %v", seen)
	}
}

// A call without its answer has no result, and so an error is never kept from its caller.
func TestSendInterceptorCannotUndoAnError(t *testing.T) {
	p := newProc(t, quiet, sender(func(ctx context.Context, out actor.Outgoing, next actor.SendFunc) error {
		if out.Handler() == "sample.Counter.Total" {
			return nil
		}
		next(ctx, out)
		return nil
	}))
	h := spawnCounter(t, p)
	for range 3 {
		var much *sample.TooMuch
		if _, err := h.Deposit(soon(t), 5000, ""); !errors.As(err, &much) {
			t.Error(err)
		}
		_, err := h.Total(soon(t))
		wantCode(t, err, actor.CodeMisuse)
		wantText(t, err, "sample.Counter.Total: an interceptor of the sending has neither called next nor returned an error")
		if n, err := h.Deposit(soon(t), 0, ""); n != 0 || err != nil {
			t.Error(n, err)
		}
	}
}

// The sender gets the interceptors' error after a success too; the call has been made.
func TestSendInterceptorReplacesAResult(t *testing.T) {
	p := newProc(t, sender(func(ctx context.Context, out actor.Outgoing, next actor.SendFunc) error {
		if err := next(ctx, out); err != nil {
			return err
		}
		second := next(ctx, out)
		wantCode(t, second, actor.CodeMisuse)
		wantText(t, second, out.Handler(), "called next twice")
		if out.Oneway() {
			return nil
		}
		return errBoom
	}))
	h := spawnCounter(t, p)
	sum := int64(0)
	ok(t, h.Load(soon(t), bigOne("x")))
	for range 5 {
		if n, err := h.Deposit(soon(t), 2, ""); n != 0 || err != errBoom {
			t.Error(n, err)
		}
		ok(t, h.Add(soon(t), 1))
		sum += 3
	}
	ended := spawnRecorder(t, p, "", func(n int64) { sum -= n })
	ok(t, ended.Add(soon(t), sum))
	ended.Actor().Stop(actor.StopDrain, nil)
	_, err := ended.Actor().Wait(soon(t))
	ok(t, err)
	if sum != 0 {
		t.Errorf("%d", sum)
	}
}

// A call whose interceptor does not wait for it is waited for all the same: its frame is in use.
func TestCallIsWaitedForWhileNextRunsElsewhere(t *testing.T) {
	returns := make(chan struct{}, 1)
	p := newProc(t, sender(func(ctx context.Context, out actor.Outgoing, next actor.SendFunc) error {
		if out.Handler() != "sample.Gate.Echo" {
			return next(ctx, out)
		}
		begun := make(chan struct{})
		go next(&enteringContext{Context: ctx, inside: begun}, out)
		<-begun
		returns <- struct{}{}
		return errBoom
	}))
	g := spawnGate(t, p)
	for i := range 50 {
		release := hold(t, g)
		done := begin(func() error { _, err := g.Echo(soon(t), fmt.Sprint(i)); return err })
		receive(t, returns, "the interceptor's return")
		select {
		case err := <-done:
			t.Fatalf("the call is over while it is under way: %v", err)
		default:
		}
		release()
		if err := receive(t, done, "the call"); err != errBoom {
			t.Error(err)
		}
	}
}

// Interceptors of both sides may be there together, and under load nothing is mixed up.
func TestSendsInterceptedUnderLoad(t *testing.T) {
	for name, isolation := range map[string][]actor.ProcOption{"given": nil, "isolated": {actor.Isolated()}} {
		t.Run(name, func(t *testing.T) {
			pass := interceptor(func(ctx context.Context, in actor.Incoming, next actor.HandlerFunc) error { return next(ctx, in) })
			p := newProc(t, append(isolation, quiet, pass, sender(func(ctx context.Context, out actor.Outgoing, next actor.SendFunc) error {
				return next(actor.WithHeader(ctx, "k", "v"), out)
			}))...)
			g, h := spawnGate(t, p), spawnCounter(t, p, actor.OnFull(actor.FullBlock))
			var all sync.WaitGroup
			for s := range 8 {
				all.Go(func() {
					for i := range 200 {
						want := fmt.Sprint(s, ".", i)
						if got, err := g.Echo(context.Background(), want); got != want || err != nil {
							t.Error(got, err)
						}
						if err := errors.Join(h.Add(context.Background(), 1), h.Load(context.Background(), bigOne(want))); err != nil {
							t.Error(err)
						}
					}
				})
			}
			await(t, &all, "the senders")
			if n, err := h.Total(soon(t)); n != 1600 || err != nil {
				t.Error(n, err)
			}
		})
	}
}

// Neither is a panic of the sending kept from the sender.
func TestSendInterceptorCannotUndoAPanic(t *testing.T) {
	var none context.Context
	p := newProc(t, sender(func(ctx context.Context, out actor.Outgoing, next actor.SendFunc) error {
		defer func() {
			if recover() == nil {
				t.Error("nothing panicked")
			}
		}()
		return next(none, out)
	}))
	h := spawnCounter(t, p)
	for _, send := range []func() error{
		func() error { _, err := h.Deposit(soon(t), 1, ""); return err },
		func() error { return h.Add(soon(t), 1) },
		func() error { return h.Load(soon(t), bigOne("x")) },
	} {
		err := send()
		wantCode(t, err, actor.CodeMisuse)
		wantText(t, err, "panicked")
	}
}
