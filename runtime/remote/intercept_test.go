package remote_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
	"github.com/actorgen/actorgen/runtime/remote"
)

// A gate keeps what interceptors see of messages from other procs, and refuses what has the header "refuse".
type gate struct {
	mu   sync.Mutex
	seen []string
}

func (g *gate) intercept(next actor.HandlerFunc) actor.HandlerFunc {
	return func(ctx context.Context, in actor.Incoming) error {
		_, proc := in.CallerProc()
		g.mu.Lock()
		g.seen = append(g.seen, fmt.Sprint(in.Handler(), " of ", proc, " ", in.Remote(), " ", in.Caller().Serial, " k=", in.Header("k"),
			" ", in.Args()))
		g.mu.Unlock()
		if in.Header("refuse") != "" {
			return &sample.TooMuch{Asked: 3}
		}
		return next(ctx, in)
	}
}

func (g *gate) take() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	seen := g.seen
	g.seen = nil
	return seen
}

func TestMessagesFromOtherProcsAreIntercepted(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		var g gate
		told := make(chan *actor.Undelivered, 10)
		server, _ := newProc(t, "server", listen(t, network), actor.Intercept(g.intercept))
		client, _ := newProc(t, "client", remote.Enable(), actor.OnUndelivered(func(u *actor.Undelivered) { told <- u }))
		spawn(t, server, "c", script{})
		mine := spawn(t, client, "", script{onMeet: func(ctx *actor.Context, other sample.CounterRef) error {
			return errors.Join(other.Add(ctx, 2), other.Load(ctx, sample.Big{Name: "big"}))
		}})
		ref := at(t, client, server.Address()+"/c")
		ctx := actor.WithHeader(soon(t), "k", "v")
		if _, err := ref.Deposit(ctx, 5, "x"); err != nil {
			t.Fatal(err)
		}
		if err := mine.Meet(ctx, ref); err != nil {
			t.Fatal(err)
		}
		if n, err := ref.Total(soon(t)); n != 7 || err != nil {
			t.Error(n, err)
		}
		serial := fmt.Sprint(mine.Actor().ID().Serial)
		want := []string{
			"sample.Counter.Deposit of client true 0 k=v [5 x]",
			"sample.Counter.Add of client true " + serial + " k=v 2",
			"sample.Counter.Load of client true " + serial + " k=v " + fmt.Sprint(sample.Big{Name: "big"}),
			"sample.Counter.Total of client true 0 k= {}",
		}
		if seen := g.take(); !slices.Equal(seen, want) {
			t.Errorf("seen:\n%q, want\n%q", seen, want)
		}

		ctx = actor.WithHeader(soon(t), "refuse", "yes")
		var much *sample.TooMuch
		if _, err := ref.Deposit(ctx, 5, "x"); !errors.As(err, &much) || much.Asked != 3 {
			t.Errorf("a refused call: %v", err)
		}
		if err := errors.Join(ref.Add(ctx, 9), ref.Load(ctx, sample.Big{})); err != nil {
			t.Fatal(err)
		}
		for _, handler := range []string{"sample.Counter.Add", "sample.Counter.Load"} {
			u := receiveSoon(t, told)
			much = nil
			if u.Handler != handler || actor.CodeOf(u.Err) != actor.CodeRefused || !errors.As(u.Err, &much) {
				t.Errorf("%+v", u)
			}
		}
		if n := server.Drops()[actor.CodeRefused]; n != 2 || client.Drops()[actor.CodeRefused] != 2 {
			t.Errorf("%v and %v", server.Drops(), client.Drops())
		}
	})
}

// receiveSoon returns the next value of a channel.
func receiveSoon[T any](t testing.TB, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-soon(t).Done():
		t.Fatal("nothing came")
		panic("not reached")
	}
}

// Who sent, and with which headers, is known across procs.
//
// parity: B59
func TestCallerAndHeadersCross(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		type letter struct {
			caller actor.ID
			proc   actor.UUID
			header string
		}
		got := make(chan letter, 1)
		note := func(ctx *actor.Context) {
			id, _ := ctx.CallerProc()
			got <- letter{ctx.Caller(), id, ctx.Header("k")}
		}
		server, _ := newProc(t, "server", listen(t, network))
		client, _ := newProc(t, "client", remote.Enable())
		spawn(t, server, "c", script{
			onAdd:  func(ctx *actor.Context, _ int64) { note(ctx) },
			onLoad: func(ctx *actor.Context, _ sample.Big) { note(ctx) },
			onDeposit: func(ctx context.Context, _ int64, _ string) (int64, error) {
				note(ctx.(*actor.Context))
				return 0, nil
			},
		})
		ref := at(t, client, server.Address()+"/c")
		sends := []func(ctx context.Context) error{
			func(ctx context.Context) error { return ref.Add(ctx, 1) },
			func(ctx context.Context) error { return ref.Load(ctx, sample.Big{}) },
			func(ctx context.Context) error { _, err := ref.Deposit(ctx, 1, ""); return err },
		}
		each := func(what string, ctx context.Context, want letter) {
			want.proc = client.ID()
			for i, send := range sends {
				if err := send(ctx); err != nil {
					t.Errorf("%s: %v", what, err)
				} else if l := receiveSoon(t, got); l != want {
					t.Errorf("%s, message %d: %v, want %v", what, i, l, want)
				}
			}
		}
		each("nobody's", soon(t), letter{})
		each("nobody's with a header", actor.WithHeader(soon(t), "k", "v"), letter{header: "v"})
		mine := spawn(t, client, "", script{onMeet: func(ctx *actor.Context, _ sample.CounterRef) error {
			each("a handler's", ctx, letter{caller: ctx.Self().ID(), header: "v"})
			each("a handler's with a header", actor.WithHeader(ctx, "k", "w"), letter{caller: ctx.Self().ID(), header: "w"})
			each("detached", ctx.Detach(), letter{header: "v"})
			return nil
		}})
		if err := mine.Meet(actor.WithHeader(soon(t), "k", "v"), ref); err != nil {
			t.Error(err)
		}
	})
}

func TestMessagesToOtherProcsAreIntercepted(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		var seen []string
		headers := make(chan string, 10)
		server, _ := newProc(t, "server", listen(t, network))
		client, _ := newProc(t, "client", remote.Enable(), actor.InterceptSends(func(next actor.SendFunc) actor.SendFunc {
			return func(ctx context.Context, out actor.Outgoing) error {
				if out.Handler() == "sample.Counter.Meet" {
					return next(ctx, out)
				}
				if ctx.Value(refuse{}) != nil {
					return &sample.TooMuch{Asked: 4}
				}
				err := next(actor.WithHeader(ctx, "k", "v"), out)
				seen = append(seen, fmt.Sprint(out.Handler(), " ", out.Oneway(), " ", out.Target(), " ", out.Remote(), " ",
					out.Caller().Serial, " ", actor.CodeOf(err)))
				return err
			}
		}))
		note := func(ctx *actor.Context) { headers <- ctx.Header("k") }
		h := spawn(t, server, "c", script{
			onAdd:  func(ctx *actor.Context, _ int64) { note(ctx) },
			onLoad: func(ctx *actor.Context, _ sample.Big) { note(ctx) },
			onDeposit: func(ctx context.Context, n int64, _ string) (int64, error) {
				note(ctx.(*actor.Context))
				return n, nil
			},
		})
		moves := sentPort(t, h, client)
		mine := spawn(t, client, "", script{onMeet: func(ctx *actor.Context, ref sample.CounterRef) error {
			n, err := ref.Deposit(ctx, 7, "x")
			if n != 7 {
				t.Errorf("got %d, %v", n, err)
			}
			return errors.Join(err, ref.Add(ctx, 1), ref.Load(ctx, sample.Big{Name: "big"}), moves.Send(ctx, sample.CounterMoveArgs{N: 1}))
		}})
		address := server.Address() + "/c"
		ref := at(t, client, address)
		if err := mine.Meet(soon(t), ref); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if h := receiveSoon(t, headers); h != "v" {
				t.Errorf("header %q", h)
			}
		}
		tail := fmt.Sprint(" ", address, " true ", mine.Actor().ID().Serial, " unknown")
		want := []string{"sample.Counter.Deposit false" + tail, "sample.Counter.Add true" + tail, "sample.Counter.Load true" + tail,
			fmt.Sprint("sample.Counter.Move true ", h.Ref(), " true ", mine.Actor().ID().Serial, " unknown")}
		if !slices.Equal(seen, want) {
			t.Errorf("seen %q, want %q", seen, want)
		}

		refused := context.WithValue(soon(t), refuse{}, true)
		var much *sample.TooMuch
		for range 3 {
			if _, err := ref.Deposit(refused, 1, ""); !errors.As(err, &much) {
				t.Error(err)
			}
			if err := ref.Add(refused, 1); !errors.As(err, &much) {
				t.Error(err)
			}
		}
		// What cannot be sent is seen as well.
		nobody := at(t, client, "unix:///nowhere#server/c")
		if network == "tcp" {
			nobody = at(t, client, "tcp://127.0.0.1:1/server/c")
		}
		seen = nil
		_, err1 := nobody.Deposit(soon(t), 1, "")
		err2 := nobody.Add(soon(t), 1)
		if !errors.Is(err1, actor.ErrUnreachable) || !errors.Is(err2, actor.ErrUnreachable) || len(seen) != 2 {
			t.Errorf("%v, %v, seen %q", err1, err2, seen)
		}
	})
}

// sentPort returns the port of a counter's Move as it reaches another proc in a message.
func sentPort(t testing.TB, h sample.CounterHandle, to *actor.Proc) (port actor.Port[sample.CounterMoveArgs]) {
	t.Helper()
	b, err := h.Ports().Move.MarshalMsg(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := port.UnmarshalMsg(b); err != nil {
		t.Fatal(err)
	}
	port.BindPort(to, (*sample.CounterMoveArgs)(nil))
	return port
}

// refuse is the key of contexts whose messages are refused.
type refuse struct{}
