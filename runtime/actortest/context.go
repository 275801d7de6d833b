// Package actortest helps to test actors: contexts for calling handlers directly, procs that clean up after a test, and
// what generated fixtures use.
package actortest

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// closeTimeout bounds how long the actors of a test's proc may take to stop.
const closeTimeout = 5 * time.Second

// NewProc returns a proc for a test. It logs through t.Log, and is shut down when the test ends; actors that have not stopped
// after 5 s fail the test.
func NewProc(t testing.TB, opts ...actor.ProcOption) *actor.Proc {
	t.Helper()
	logger := slog.New(slog.NewTextHandler(t.Output(), nil))
	p, err := actor.NewProc("test", append([]actor.ProcOption{actor.WithLogger(logger)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
		defer cancel()
		if report, err := p.Shutdown(ctx); err != nil {
			t.Errorf("shutting down the test's proc: %v (report %+v)", err, *report)
		}
	})
	return p
}

// NewContext returns a context for calling a handler directly, as a method of its struct. Its actor lives in a proc of the
// test; children that the handler spawns are stopped when the test ends. It ends with the test's context.
func NewContext(t testing.TB) *actor.Context {
	t.Helper()
	ctx, err := actor.GenTestContext(NewProc(t), t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return ctx
}

// NotScripted is the error of a fake's handler whose On… field is not set. field names it, as banktest.Account.OnDeposit.
func NotScripted(field string) error {
	return fmt.Errorf("%s is not set: the test has to say what the fake answers", field)
}

// NotScriptedStream is what a fake's stream yields if its On… field is not set: the error of NotScripted.
func NotScriptedStream[T any](field string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		yield(none, NotScripted(field))
	}
}
