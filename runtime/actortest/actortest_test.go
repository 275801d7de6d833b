package actortest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/actortest"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

func newCounter() *sample.Counter { return new(sample.Counter) }

func TestProcEndsWithItsTest(t *testing.T) {
	var h sample.CounterHandle
	t.Run("test", func(t *testing.T) {
		p := actortest.NewProc(t, actor.Isolated())
		var err error
		if h, err = sample.SpawnCounter(p, "c", newCounter); err != nil {
			t.Fatal(err)
		}
		if n, err := h.Deposit(t.Context(), 3, "x"); n != 3 || err != nil {
			t.Error(n, err)
		}
	})
	if _, err := h.Total(t.Context()); !errors.Is(err, actor.ErrStopped) {
		t.Errorf("after the test: %v", err)
	}
}

// A recorder is a test that notes its failure and is over when the test says so.
type recorder struct {
	testing.TB
	failures []string
	cleanups []func()
}

func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Errorf(format string, a ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, a...))
}

func (r *recorder) end() {
	for i := range r.cleanups {
		r.cleanups[len(r.cleanups)-1-i]()
	}
}

func TestActorThatDoesNotStopFailsTheTest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{TB: t}
		g, err := sample.SpawnGate(actortest.NewProc(r), "stuck", func() *sample.Gate { return new(sample.Gate) })
		if err != nil {
			t.Fatal(err)
		}
		began, release := make(chan struct{}), make(chan struct{})
		if err := g.Post(t.Context(), func(*actor.Context) error { close(began); <-release; return nil }); err != nil {
			t.Fatal(err)
		}
		<-began
		r.end()
		close(release)
		if len(r.failures) != 1 || !strings.Contains(r.failures[0], "shutting down the test's proc") || !strings.Contains(r.failures[0], "stuck") {
			t.Errorf("the test's failures: %q", r.failures)
		}
	})
}

func TestHandlerIsCalledDirectly(t *testing.T) {
	var child sample.CounterHandle
	var ctx *actor.Context
	t.Run("test", func(t *testing.T) {
		ctx = actortest.NewContext(t)
		g := &sample.Gate{}
		if err := g.Do(ctx, func(ctx *actor.Context) (err error) {
			child, err = sample.SpawnCounter(ctx, "child", newCounter)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if n, err := child.Deposit(ctx, 2, "x"); n != 2 || err != nil {
			t.Error(n, err)
		}
		if ctx.Err() != nil {
			t.Error(ctx.Err())
		}
	})
	if ctx.Err() == nil {
		t.Error("the context does not end with its test")
	}
	if _, err := child.Total(t.Context()); !errors.Is(err, actor.ErrStopped) {
		t.Errorf("the child after the test: %v", err)
	}
}

func TestNotScriptedNamesTheField(t *testing.T) {
	if err := actortest.NotScripted("banktest.Account.OnDeposit"); err.Error() != "banktest.Account.OnDeposit is not set: the test has to say what the fake answers" {
		t.Error(err)
	}
}

func TestSameIsByTheEncoding(t *testing.T) {
	rounded := new(big.Float).SetPrec(64) // zero as well, but not the same value
	if !actortest.SameText(new(big.Float), rounded) || actortest.SameText(big.NewFloat(1), rounded) {
		t.Error("floats are not compared by their text")
	}
	if a, b := netip.MustParseAddr("::1"), netip.MustParseAddr("::2"); !actortest.SameBinary(&a, &a) || actortest.SameBinary(&a, &b) {
		t.Error("addresses are not compared by their bytes")
	}
	if bad := json.RawMessage("1"); !actortest.SameJSON(bad, bad) || actortest.SameJSON(bad, json.RawMessage("2")) {
		t.Error("raw messages are not compared by their JSON")
	}
	if year := time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC); actortest.SameText(year, year) {
		t.Error("what cannot be encoded is the same")
	}
}
