package actor_test

import (
	"bytes"
	"context"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// labelled tells whether a goroutine has the labels now.
func labelled(t testing.TB, labels ...string) bool {
	t.Helper()
	var b bytes.Buffer
	ok(t, pprof.Lookup("goroutine").WriteTo(&b, 1))
	for line := range strings.Lines(b.String()) {
		all := strings.HasPrefix(line, "# labels:")
		for _, label := range labels {
			all = all && strings.Contains(line, label)
		}
		if all {
			return true
		}
	}
	return false
}

const (
	gateLabel = `"actor":"github.com/actorgen/actorgen/runtime/internal/sample.Gate"`
	postLabel = `"handler":"Post"`
)

func TestProfilesCarryActorAndHandler(t *testing.T) {
	p := newProc(t, actor.ProfileLabels())
	g := spawnGate(t, p)
	if labelled(t, gateLabel) {
		t.Error("labelled before anything ran")
	}
	for range 3 {
		release := hold(t, g)
		if !labelled(t, gateLabel, postLabel) {
			t.Error("a handler has no labels")
		}
		release()
		flush(t, g)
	}
	// What the handler adds is added, and what it starts inherits.
	stop := make(chan struct{})
	ok(t, g.Do(soon(t), func(cx *actor.Context) error {
		pprof.Do(cx, pprof.Labels("more", "x"), func(ctx context.Context) {
			if !labelled(t, gateLabel, `"handler":"Do"`, `"more":"x"`) {
				t.Error("pprof.Do does not add to the labels")
			}
		})
		if !labelled(t, gateLabel, `"handler":"Do"`) {
			t.Error("no labels after pprof.Do")
		}
		running := make(chan struct{})
		go func() { close(running); <-stop }()
		<-running
		return nil
	}))
	idle(t, g)
	if !labelled(t, gateLabel) {
		t.Error("a goroutine that a handler has started has no labels")
	}
	close(stop)
	eventually(t, "no goroutine to be labelled", func() bool { return !labelled(t, gateLabel) })
}

// A hook has labels too, and a handler that ends its goroutine does not leave any.
func TestProfileLabelsOfHooks(t *testing.T) {
	p := newProc(t, actor.ProfileLabels(), quiet)
	g := spawnGateAs(t, p, sample.Gate{OnInit: func(cx *actor.Context) error {
		pprof.Do(cx, pprof.Labels("more", "x"), func(context.Context) {
			if !labelled(t, `"more":"x"`) {
				t.Error("what Init labels has no labels")
			}
		})
		return nil
	}, OnCleanup: func(*actor.Context, error) error {
		if !labelled(t, gateLabel, `"handler":"Cleanup"`) {
			t.Error("Cleanup has no labels")
		}
		return nil
	}}, atOnce)
	ok(t, g.Post(soon(t), func(*actor.Context) error { panic("x") }))
	flush(t, g)
	g.Actor().Stop(actor.StopDrain, nil)
	ended(t, g)
	eventually(t, "no goroutine to be labelled", func() bool { return !labelled(t, gateLabel) })
}

// An inline handler labels its caller's goroutine, which has its own labels back afterwards.
func TestProfileLabelsOfInlineHandlers(t *testing.T) {
	p := newProc(t, actor.ProfileLabels())
	g := spawnGate(t, p)
	pprof.Do(soon(t), pprof.Labels("mine", "y"), func(ctx context.Context) {
		ok(t, g.DoInline(ctx, func(cx *actor.Context) error {
			if !labelled(t, gateLabel, `"handler":"DoInline"`) {
				t.Error("an inline handler has no labels")
			}
			return nil
		}))
		if labelled(t, gateLabel) || !labelled(t, `"mine":"y"`) {
			t.Error("the caller has not its own labels back")
		}
	})
	ok(t, g.Do(soon(t), func(cx *actor.Context) error {
		other := spawnGate(t, p)
		ok(t, other.DoInline(cx, func(*actor.Context) error { return nil }))
		if !labelled(t, gateLabel, `"handler":"Do"`) {
			t.Error("a handler has not its labels back after an inline call")
		}
		return nil
	}))
}

// A context for a test belongs to an actor that never runs anything.
func TestProfileLabelsOfAContextForTests(t *testing.T) {
	p := newProc(t, actor.ProfileLabels())
	cx, err := actor.GenTestContext(p, soon(t))
	ok(t, err)
	pprof.Do(cx, pprof.Labels("more", "x"), func(context.Context) {
		if !labelled(t, `"more":"x"`) {
			t.Error("no labels")
		}
	})
}

func TestNoProfileLabelsUnlessAsked(t *testing.T) {
	p := newProc(t)
	g := spawnGate(t, p)
	release := hold(t, g)
	if labelled(t, gateLabel) {
		t.Error("labelled")
	}
	release()
}
