package actor_test

import (
	"context"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/actortest"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// A letter is what a message tells of its sender: by the handler's context, and by an interceptor.
type letter struct {
	caller actor.ID
	header string
	proc   string
}

// postOffice returns an actor that files a letter for each call, as "context" and as "interceptor".
func postOffice(t *testing.T, p *actor.Proc) (g sample.GateHandle, read func(*actor.Context) error, filed map[string]letter) {
	t.Helper()
	filed = map[string]letter{}
	g = spawnGate(t, p, interceptor(func(ctx context.Context, in actor.Incoming, next actor.HandlerFunc) error {
		id, name := in.CallerProc()
		if id != p.ID() || in.Remote() {
			t.Errorf("a message of proc %v", id)
		}
		filed["interceptor"] = letter{in.Caller(), in.Header("k"), name}
		return next(ctx, in)
	}))
	read = func(cx *actor.Context) error {
		_, name := cx.CallerProc()
		filed["context"] = letter{cx.Caller(), cx.Header("k"), name}
		return nil
	}
	return g, read, filed
}

// Who sends, and with which headers, is what the context says that it was sent with.
//
// parity: B41
func TestCallerAndHeadersOfEverySender(t *testing.T) {
	p := newProc(t, quiet)
	to, read, filed := postOffice(t, p)
	hooks := map[string]func(cx *actor.Context){}
	hook := func(name string, cx *actor.Context) error {
		if f := hooks[name]; f != nil {
			f(cx)
		}
		return nil
	}
	state := sample.Gate{
		OnInit:    func(cx *actor.Context) error { return hook("Init", cx) },
		OnCleanup: func(cx *actor.Context, _ error) error { return hook("Cleanup", cx) },
	}
	a := spawnGateAs(t, p, state, atOnce)
	id := a.Actor().ID()
	withHeader := func() context.Context { return actor.WithHeader(soon(t), "k", "v") }
	inside := func(do func(ctx context.Context, f func(*actor.Context) error) error, send func(cx *actor.Context) error) {
		t.Helper()
		ok(t, do(withHeader(), send))
	}
	check := func(what string, send func(ctx context.Context) error, ctx context.Context, want letter) {
		t.Helper()
		clear(filed)
		if err := send(ctx); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		want.proc = p.Name()
		if filed["context"] != want || filed["interceptor"] != want {
			t.Errorf("%s: %v, want %v", what, filed, want)
		}
	}
	call := func(ctx context.Context) error { return to.Do(ctx, read) }
	inline := func(ctx context.Context) error { return to.DoInline(ctx, read) }
	cast := func(ctx context.Context) error {
		read := func(cx *actor.Context) error { return read(cx) }
		done := make(chan struct{})
		err := to.Post(ctx, func(cx *actor.Context) error { defer close(done); return read(cx) })
		if err == nil {
			<-done
		}
		return err
	}
	for name, send := range map[string]func(context.Context) error{"call": call, "inline": inline, "cast": cast} {
		check("nobody's "+name, send, soon(t), letter{})
		check("nobody's "+name+" with a header", send, withHeader(), letter{header: "v"})
		inside(a.Do, func(cx *actor.Context) error {
			check("a call's "+name, send, cx, letter{caller: id, header: "v"})
			check("a derived "+name, send, actor.WithHeader(context.WithValue(cx, key{}, 1), "k", "w"), letter{caller: id, header: "w"})
			check("a "+name+" with another's context", send, soon(t), letter{})
			check("a detached "+name, send, cx.Detach(), letter{header: "v"})
			helped := make(chan struct{})
			go func() { // a goroutine of the handler's sends as the handler
				defer close(helped)
				check("a helper's "+name, send, cx, letter{caller: id, header: "v"})
				check("a detached helper's "+name, send, actor.WithHeader(cx.Detach(), "k", "w"), letter{header: "w"})
			}()
			<-helped
			return nil
		})
		inside(a.DoInline, func(cx *actor.Context) error {
			check("an inline call's "+name, send, cx, letter{caller: id, header: "v"})
			return nil
		})
		inside(a.Post, func(cx *actor.Context) error {
			check("a cast's "+name, send, cx, letter{caller: id, header: "v"})
			return nil
		})
		flush(t, a)

		// Hooks are nobody's messages, whatever the actor has handled before.
		ran := 0
		asHook := func(hook string) func(*actor.Context) {
			return func(cx *actor.Context) {
				ran++
				if !cx.Caller().IsZero() || len(cx.Headers()) != 0 {
					t.Errorf("%s has the caller %v and the headers %v", hook, cx.Caller(), cx.Headers())
				}
				check(name+" of "+hook, send, cx, letter{caller: cx.Self().ID()})
				check(name+" of "+hook+" with a header", send, actor.WithHeader(cx, "k", "w"), letter{caller: cx.Self().ID(), header: "w"})
			}
		}
		hooks["Init"], hooks["Cleanup"] = asHook("Init"), asHook("Cleanup")
		ok(t, to.Do(soon(t), nop))
		b := spawnGateAs(t, p, state) // by nobody
		ok(t, b.Post(withHeader(), func(cx *actor.Context) error { cx.Self().Stop(actor.StopNow, nil); return nil }))
		ended(t, b)
		ok(t, a.Do(withHeader(), func(cx *actor.Context) error { // by a handler
			child := spawnGateAs(t, cx, state)
			child.Actor().Stop(actor.StopNow, nil)
			_, err := child.Actor().Wait(soon(t))
			return err
		}))
		a.Actor().Restart(nil)
		flush(t, a)
		if clear(hooks); ran != 6 {
			t.Errorf("%d hooks have run", ran)
		}

		ended := make(chan struct{})
		parent, err := sample.SpawnWarden(p, "", func() *sample.Warden {
			return &sample.Warden{OnExit: func(cx *actor.Context, _ *actor.Exit) (bool, error) {
				asHook("HandleExit")(cx)
				close(ended)
				return true, nil
			}}
		})
		ok(t, err)
		ok(t, parent.Do(withHeader(), func(cx *actor.Context) error {
			spawnGate(t, cx).Actor().Stop(actor.StopNow, nil)
			return nil
		}))
		closed(t, ended, "the exit")
	}
}

// What is sent with the context of a test is sent by its actor.
func TestCallerIsTheActorOfATestsContext(t *testing.T) {
	cx := actortest.NewContext(t)
	to, read, filed := postOffice(t, cx.Proc())
	ok(t, to.Do(actor.WithHeader(cx, "k", "v"), read))
	if want := (letter{cx.Self().ID(), "v", cx.Proc().Name()}); filed["context"] != want || filed["interceptor"] != want {
		t.Errorf("%v, want %v", filed, want)
	}
}
