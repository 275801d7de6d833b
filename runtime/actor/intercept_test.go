package actor_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"slices"
	"sync"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// A witness is an interceptor that keeps what it sees.
type witness struct {
	mu   sync.Mutex
	seen []sight
}

// A sight is one message as a witness has seen it.
type sight struct {
	in   actor.Incoming
	args any
	err  error
}

func (w *witness) intercept(next actor.HandlerFunc) actor.HandlerFunc {
	return func(ctx context.Context, in actor.Incoming) error {
		s := sight{in: in, args: in.Args()}
		s.err = next(ctx, in)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.seen = append(w.seen, s)
		return s.err
	}
}

// take returns what has been seen since it was called last.
func (w *witness) take() []sight {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := w.seen
	w.seen = nil
	return seen
}

// interceptor makes an option of one function.
func interceptor(f func(ctx context.Context, in actor.Incoming, next actor.HandlerFunc) error) actor.Option {
	return actor.Intercept(func(next actor.HandlerFunc) actor.HandlerFunc {
		return func(ctx context.Context, in actor.Incoming) error { return f(ctx, in, next) }
	})
}

// parity: B52
func TestInterceptorSeesEveryMessage(t *testing.T) {
	for name, isolation := range map[string][]actor.ProcOption{"given": nil, "isolated": {actor.Isolated()}} {
		t.Run(name, func(t *testing.T) {
			var w witness
			p := newProc(t, append(isolation, quiet, actor.Intercept(w.intercept))...)
			h := spawnRecorder(t, p, "c", nil)
			g := spawnGate(t, p)
			ctx := actor.WithHeader(soon(t), "k", "v")
			big := bigOne("big")
			post := func(*actor.Context) error { return nil }
			for _, one := range []struct {
				send    func() error
				handler string
				oneway  bool
				args    any
			}{
				{func() error { _, err := h.Deposit(ctx, 5, "note"); return err }, "Counter.Deposit", false, []any{int64(5), "note"}},
				{func() error { _, err := h.Ref().Deposit(ctx, 5, ""); return err }, "Counter.Deposit", false, []any{int64(5), ""}},
				{func() error { _, err := h.Total(ctx); return err }, "Counter.Total", false, struct{}{}},
				{func() error { _, err := sample.PurseRefOf(h.Ref()).Total(ctx); return err }, "Counter.Total", false, struct{}{}},
				{func() error { return h.Add(ctx, 7) }, "Counter.Add", true, int64(7)},
				{func() error { return h.Move(ctx, "a", "b", 3) }, "Counter.Move", true, sample.CounterMoveArgs{From: "a", To: "b", N: 3}},
				{func() error { return h.Load(ctx, big) }, "Counter.Load", true, big},
				{func() error { return h.Ports().Note.Send(ctx, "text") }, "Counter.Note", true, "text"},
				{func() error { return g.Do(ctx, nop) }, "Gate.Do", false, nil},
				{func() error { return g.DoInline(ctx, nop) }, "Gate.DoInline", false, nil},
				{func() error { return g.Post(ctx, post) }, "Gate.Post", true, nil},
			} {
				ok(t, one.send())
				ok(t, h.Each(context.Background(), func(string) {}))
				flush(t, g)
				seen := w.take()
				if len(seen) != 3 {
					t.Fatalf("%s: %d messages", one.handler, len(seen))
				}
				i := slices.IndexFunc(seen, func(s sight) bool { return s.in.Header("k") == "v" })
				s := seen[max(i, 0)]
				who, same := h.Actor(), reflect.DeepEqual(s.args, one.args)
				if one.args == nil { // functions cannot be compared
					_, same = s.args.(func(*actor.Context) error)
					who = g.Actor()
				}
				if s.in.Handler() != "sample."+one.handler || s.in.Oneway() != one.oneway || s.err != nil || s.in.Actor() != who {
					t.Errorf("%s of %v, oneway %v: %v", s.in.Handler(), s.in.Actor(), s.in.Oneway(), s.err)
				}
				if !same {
					t.Errorf("%s: arguments %#v, want %#v", s.in.Handler(), s.args, one.args)
				}
				if len(s.in.Headers()) != 1 || s.in.Header("none") != "" || !s.in.Caller().IsZero() {
					t.Errorf("%s: headers %v, caller %v", s.in.Handler(), s.in.Headers(), s.in.Caller())
				}
				if s.in.Args() != nil {
					t.Errorf("%s: arguments after the end: %v", s.in.Handler(), s.in.Args())
				}
			}
		})
	}
}

// An Incoming that was kept still tells of its own message, whatever the worker handles meanwhile.
func TestIncomingCanBeKept(t *testing.T) {
	var w witness
	p := newProc(t, actor.Intercept(w.intercept))
	a, b := spawnGate(t, p), spawnCounter(t, p)
	for i := range 50 {
		ctx := actor.WithHeader(soon(t), "n", fmt.Sprint(i))
		ok(t, a.Do(ctx, func(cx *actor.Context) error { return b.Add(cx, int64(i)) }))
		_, err := b.Deposit(soon(t), 1, "")
		ok(t, err)
	}
	casts := 0
	for _, s := range w.take() {
		switch s.in.Handler() {
		case "sample.Counter.Add":
			if s.in.Actor() != b.Actor() || s.in.Caller() != a.Actor().ID() || s.in.Header("n") != fmt.Sprint(s.args) {
				t.Errorf("%v from %v with %v", s.args, s.in.Caller(), s.in.Headers())
			}
			casts++
		case "sample.Counter.Deposit":
			if !s.in.Caller().IsZero() || len(s.in.Headers()) != 0 {
				t.Errorf("a deposit from %v with %v", s.in.Caller(), s.in.Headers())
			}
		}
	}
	if casts != 50 {
		t.Errorf("%d casts", casts)
	}
	var none actor.Incoming
	id, proc := none.CallerProc()
	if none.Handler() != "" || none.Oneway() || none.Args() != nil || none.Header("n") != "" || none.Remote() ||
		!none.Caller().IsZero() || none.Actor() != (actor.Handle{}) || none.Proc() != nil || !id.IsZero() || proc != "" {
		t.Error("the zero value is somebody's")
	}
}

func TestInterceptorsComposeInTheirOrder(t *testing.T) {
	var order []string
	named := func(name string) actor.Interceptor {
		return func(next actor.HandlerFunc) actor.HandlerFunc {
			return func(ctx context.Context, in actor.Incoming) error {
				order = append(order, name)
				defer func() { order = append(order, name) }()
				return next(ctx, in)
			}
		}
	}
	p := newProc(t, actor.Intercept(named("1"), named("2")), actor.Intercept(), actor.Intercept(named("3")))
	g := spawnGate(t, p, actor.Intercept(named("4")), actor.MailboxSize(3), actor.Intercept(named("5"), named("6")))
	other := spawnGate(t, p, actor.MailboxSize(3))
	for h, want := range map[sample.GateHandle][]string{
		g:     {"1", "2", "3", "4", "5", "6", "handler", "6", "5", "4", "3", "2", "1"},
		other: {"1", "2", "3", "handler", "3", "2", "1"},
	} {
		order = nil
		ok(t, h.Do(soon(t), func(*actor.Context) error { order = append(order, "handler"); return nil }))
		if !slices.Equal(order, want) {
			t.Errorf("the order is %v, want %v", order, want)
		}
	}
}

func TestOneActorAloneIsIntercepted(t *testing.T) {
	var w witness
	p := newProc(t)
	g, other := spawnGate(t, p, actor.Intercept(w.intercept)), spawnGate(t, p)
	ok(t, g.Do(soon(t), func(cx *actor.Context) error {
		_, err := sample.SpawnGate(cx, "", func() *sample.Gate { return &sample.Gate{} })
		return errors.Join(err, other.Do(cx, nop))
	}))
	if seen := w.take(); len(seen) != 1 || seen[0].in.Actor() != g.Actor() {
		t.Errorf("%v", seen)
	}
}

func TestNilInterceptorsAreRefused(t *testing.T) {
	none := func(actor.HandlerFunc) actor.HandlerFunc { return nil }
	for _, option := range []actor.ProcOption{actor.Intercept(nil), actor.Intercept(none), actor.InterceptSends(nil),
		actor.InterceptSends(func(actor.SendFunc) actor.SendFunc { return nil })} {
		_, err := actor.NewProc("p", option)
		wantCode(t, err, actor.CodeMisuse)
		wantText(t, err, "starting proc p", "interceptor 1", "nil")
	}
	p := newProc(t)
	for _, option := range []actor.SpawnOption{actor.Intercept(nil), actor.Intercept(none)} {
		_, err := sample.SpawnGate(p, "g", func() *sample.Gate { return &sample.Gate{} }, option)
		wantCode(t, err, actor.CodeMisuse)
		wantText(t, err, `spawning sample.Gate "g"`, "interceptor 1", "nil")
	}
	_, err := sample.SpawnGate(p, "g", func() *sample.Gate { return &sample.Gate{} })
	ok(t, err)
}

// An inline call would not be seen on its way past the mailbox.
func TestInlineCallOfAnInterceptedActorGoesThroughItsMailbox(t *testing.T) {
	var w witness
	p := newProc(t)
	g := spawnGate(t, p, actor.Intercept(w.intercept))
	for range 3 {
		ok(t, g.DoInline(context.Background(), func(cx *actor.Context) error {
			if bytes.Contains(debug.Stack(), []byte(t.Name()+"(")) {
				t.Error("the handler runs on the caller's goroutine")
			}
			return nil
		}))
	}
	ok(t, g.Post(context.Background(), failures["panic"])) // also after a restart
	ok(t, g.DoInline(soon(t), nop))
	if seen := w.take(); len(seen) != 5 {
		t.Errorf("%d messages seen", len(seen))
	}
}

func TestHooksAreNotIntercepted(t *testing.T) {
	var w witness
	p := newProc(t, quiet, actor.Intercept(w.intercept))
	ran := 0
	g := spawnGateAs(t, p, sample.Gate{
		OnInit:    func(*actor.Context) error { ran++; return nil },
		OnCleanup: func(*actor.Context, error) error { ran++; return nil },
	})
	g.Actor().Stop(actor.StopNow, nil)
	ended(t, g)
	if seen := w.take(); ran != 2 || len(seen) != 0 {
		t.Errorf("%d hooks, %v", ran, seen)
	}
}

func TestCallThatEndedInTheQueueIsNotSeen(t *testing.T) {
	var w witness
	p := newProc(t, actor.Intercept(w.intercept))
	g := spawnGate(t, p)
	release := hold(t, g)
	ctx, cancel := context.WithCancel(context.Background())
	calls := queue(t, ctx, g, 3, func(*actor.Context) error { t.Error("ran"); return nil })
	cancel()
	for range 3 {
		wantCode(t, receive(t, calls, "the call"), actor.CodeCanceled)
	}
	release()
	flush(t, g)
	for _, s := range w.take() {
		if s.in.Handler() != "sample.Gate.Post" && s.err != nil {
			t.Errorf("seen: %s, %v", s.in.Handler(), s.err)
		}
	}
}

// A call ends with its context, and a kill releases the caller, though an interceptor hangs.
func TestInterceptorThatHangsHoldsNobodyUp(t *testing.T) {
	inside, release := make(chan struct{}, 1), make(chan struct{})
	p := newProc(t, quiet, interceptor(func(ctx context.Context, in actor.Incoming, next actor.HandlerFunc) error {
		if in.Header("hang") != "" {
			inside <- struct{}{}
			<-release
		}
		return next(ctx, in)
	}))
	t.Cleanup(func() { close(release) })
	for _, end := range []string{"context", "kill"} {
		g := spawnGate(t, p)
		ctx, cancel := context.WithCancel(actor.WithHeader(context.Background(), "hang", "yes"))
		done := begin(func() error { return g.Do(ctx, nop) })
		receive(t, inside, "the interceptor")
		if end == "context" {
			cancel()
			wantCode(t, receive(t, done, "the call"), actor.CodeCanceled)
		} else {
			g.Actor().Stop(actor.StopKill, nil)
			wantCode(t, receive(t, done, "the call"), actor.CodeStopped)
			cancel()
		}
	}
}

// An interceptor may ask other actors: it has the handler's turn, and its place in a chain of calls.
func TestInterceptorCallsAnotherActor(t *testing.T) {
	var judge sample.GateHandle
	p := newProc(t, interceptor(func(ctx context.Context, in actor.Incoming, next actor.HandlerFunc) error {
		if in.Actor() == judge.Actor() {
			return next(ctx, in)
		}
		if _, err := judge.Echo(ctx, "may it?"); err != nil {
			return err
		}
		return next(ctx, in)
	}))
	judge = spawnGate(t, p)
	g := spawnGate(t, p)
	ok(t, g.Do(soon(t), nop))
	err := judge.Do(soon(t), func(cx *actor.Context) error { return g.Do(cx, nop) })
	wantCode(t, err, actor.CodeCircle)
}

// Order holds with interceptors, and every message is seen once, handled or refused.
func TestInterceptedUnderLoad(t *testing.T) {
	const senders, each = 8, 300
	var mu sync.Mutex
	seen := 0
	var lost lostAndFound
	p := newProc(t, quiet, lost.option(), interceptor(func(ctx context.Context, in actor.Incoming, next actor.HandlerFunc) error {
		mu.Lock()
		seen++
		n := seen
		mu.Unlock()
		switch {
		case n%7 == 0:
			return errBoom
		case n%5 == 0:
			ctx = actor.WithHeader(ctx, "n", "5")
		case n%3 == 0:
			ctx = context.WithValue(ctx, key{}, n)
		}
		return next(ctx, in)
	}))
	g := spawnGate(t, p, actor.OnFull(actor.FullBlock), atOnce)
	last := make([]int, senders)
	handled := 0
	var all sync.WaitGroup
	for s := range senders {
		all.Go(func() {
			for i := range each {
				run := func(*actor.Context) error {
					if i < last[s] {
						t.Errorf("sender %d: %d after %d", s, i, last[s])
					}
					last[s] = i
					if handled++; handled%50 == 0 {
						panic(errBoom)
					}
					return nil
				}
				if i%2 == 0 {
					if err := g.Post(context.Background(), run); err != nil {
						t.Error(err)
					}
				} else if err := g.Do(context.Background(), run); err != nil && !errors.Is(err, errBoom) {
					t.Error(err)
				}
			}
		})
	}
	await(t, &all, "the senders")
	g.Actor().Stop(actor.StopDrain, nil)
	ended(t, g)
	if seen != senders*each || handled != seen-seen/7 {
		t.Errorf("%d seen, %d handled of %d", seen, handled, senders*each)
	}
	if n := len(lost.list()); uint64(n) != p.Drops()[actor.CodeRefused] || n == 0 {
		t.Errorf("%d reports, drops %v", n, p.Drops())
	}
}
