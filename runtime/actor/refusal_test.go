package actor_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// refusing refuses what the handlers of the names get.
func refusing(err error, handlers ...string) actor.Option {
	return interceptor(func(ctx context.Context, in actor.Incoming, next actor.HandlerFunc) error {
		if slices.Contains(handlers, in.Handler()) {
			return err
		}
		return next(ctx, in)
	})
}

func TestRefusedCallGetsTheError(t *testing.T) {
	p := newProc(t, refusing(&sample.TooMuch{Asked: 5}, "sample.Counter.Deposit", "sample.Counter.Total"))
	h := spawnCounter(t, p)
	for range 10 { // also with frames that are used again
		for _, call := range []func(context.Context) (int64, error){
			func(ctx context.Context) (int64, error) { return h.Deposit(ctx, 1, "x") },
			h.Total,
		} {
			n, err := call(soon(t))
			var much *sample.TooMuch
			if !errors.As(err, &much) || much.Asked != 5 || n != 0 {
				t.Errorf("%d, %v", n, err)
			}
		}
	}
	ok(t, h.Each(soon(t), func(string) {}))
	if s := h.Actor().Status(); s.State != actor.StateRunning || s.Restarts != 0 {
		t.Errorf("the actor is %v", s)
	}
}

func TestRefusedCastIsReportedUndelivered(t *testing.T) {
	for name, isolation := range map[string][]actor.ProcOption{"given": nil, "isolated": {actor.Isolated()}} {
		t.Run(name, func(t *testing.T) {
			var lost lostAndFound
			refuse := refusing(errBoom, "sample.Counter.Move", "sample.Counter.Load", "sample.Gate.Post")
			p := newProc(t, append(isolation, quiet, lost.option(), refuse)...)
			h, g := spawnCounter(t, p), spawnGate(t, p)
			told := make(chan *actor.Undelivered, 1)
			sender := spawnGateAs(t, p, sample.Gate{OnLost: func(u *actor.Undelivered) { told <- u }})
			ok(t, h.Add(soon(t), 1))
			ok(t, h.Move(soon(t), "a", "b", 3))
			ok(t, h.Load(soon(t), bigOne("big")))
			ok(t, g.Post(soon(t), func(*actor.Context) error { t.Error("a refused cast has run"); return nil }))
			ok(t, sender.Do(soon(t), func(cx *actor.Context) error { return h.Move(cx, "c", "d", 4) }))
			ok(t, h.Add(soon(t), 1))
			if n, err := h.Total(soon(t)); n != 2 || err != nil {
				t.Error(n, err)
			}
			flush(t, g)
			all := append(lost.list(), receive(t, told, "the report"))
			slices.SortFunc(all, func(a, b *actor.Undelivered) int { return bytes.Compare([]byte(a.Handler), []byte(b.Handler)) })
			if len(all) != 4 || p.Drops()[actor.CodeRefused] != 4 || len(p.Drops()) != 1 {
				t.Fatalf("%d reports, drops %v", len(all), p.Drops())
			}
			for i, handler := range []string{"sample.Counter.Load", "sample.Counter.Move", "sample.Counter.Move", "sample.Gate.Post"} {
				u := all[i]
				if u.Handler != handler || !errors.Is(u.Err, errBoom) || u.Args == nil || u.To.IsZero() {
					t.Errorf("%+v", u)
				}
				wantCode(t, u.Err, actor.CodeRefused)
				wantText(t, u.Err, handler, "refused by an interceptor", "boom")
			}
			if big, is := all[0].Args.(sample.Big); !is || big.Name != "big" {
				t.Errorf("the arguments of Load: %#v", all[0].Args)
			}
			if s := h.Actor().Status(); s.State != actor.StateRunning || s.Restarts != 0 {
				t.Errorf("the actor is %v", s)
			}
		})
	}
}

func TestInterceptorThatNeitherRefusesNorCallsNext(t *testing.T) {
	var lost lostAndFound
	p := newProc(t, quiet, lost.option(), refusing(nil, "sample.Gate.Echo", "sample.Counter.Add"))
	g, h := spawnGate(t, p), spawnCounter(t, p)
	s, err := g.Echo(soon(t), "x")
	wantCode(t, err, actor.CodeMisuse)
	wantText(t, err, "sample.Gate.Echo: an interceptor has neither called next nor returned an error")
	ok(t, h.Add(soon(t), 1))
	if n, err := h.Deposit(soon(t), 1, ""); n != 1 || err != nil || s != "" {
		t.Error(s, n, err)
	}
	if all := lost.list(); len(all) != 1 || actor.CodeOf(all[0].Err) != actor.CodeRefused {
		t.Errorf("%v", all)
	}
}

// What Fatal marks fails the actor, whoever returns it.
func TestFatalOfAnInterceptorFailsTheActor(t *testing.T) {
	var lost lostAndFound
	p := newProc(t, quiet, lost.option(), refusing(actor.Fatal(errBoom), "sample.Gate.Echo", "sample.Gate.Post"))
	g := spawnGate(t, p, atOnce)
	if _, err := g.Echo(soon(t), "x"); !errors.Is(err, errBoom) {
		t.Error(err)
	}
	ok(t, g.Post(soon(t), nop))
	flush(t, g)
	if n := g.Actor().Status().Restarts; n != 2 || len(lost.list()) != 0 {
		t.Errorf("%d restarts, %d reports", n, len(lost.list()))
	}
}
