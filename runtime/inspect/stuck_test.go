package inspect_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/inspect"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// parity: B73
// One actor is answered for within 10 ms while its handler hangs in a tree of 100,000 actors, by name and by number, also if it is the last that a
// walk comes to, and while others work. Without ACTORGEN_SOAK=1 the tree is smaller. The machine may be busy with something else: the
// best of five answers counts.
func TestStuckActorInALargeTree(t *testing.T) {
	const limit = 10 * time.Millisecond
	actors := 20_000
	if os.Getenv("ACTORGEN_SOAK") == "1" {
		actors = 100_000
	} else if testing.Short() {
		actors = 2_000
	}
	p := silent(t)
	h := inspect.Handler(p)
	stuck := spawn(t, p, "stuck") // the first is the last in a walk
	var parent sample.GateHandle
	var all []sample.CounterHandle
	for n := 1; n < actors; n++ {
		if n%100 == 1 {
			parent = spawn(t, p, "")
			continue
		}
		ok(t, parent.Do(t.Context(), func(cx *actor.Context) error {
			c, err := sample.SpawnCounter(cx, "", func() *sample.Counter { return &sample.Counter{} })
			all = append(all, c)
			return err
		}))
	}
	running, gate := make(chan struct{}), make(chan struct{})
	defer close(gate)
	ok(t, stuck.Post(t.Context(), func(*actor.Context) error { close(running); <-gate; return nil }))
	<-running
	for range 3 {
		ok(t, stuck.Post(t.Context(), func(*actor.Context) error { return nil }))
	}
	stop, stopped := context.WithCancel(t.Context())
	var others sync.WaitGroup
	others.Go(func() {
		for i := 0; stop.Err() == nil; i++ {
			all[i%len(all)].Deposit(stop, 1, "")
		}
	})
	for _, query := range []string{"name=stuck", fmt.Sprint("id=", stuck.Actor().ID().Serial)} {
		best := time.Hour
		for range 5 {
			begun := time.Now()
			r := answer(h, http.MethodGet, "/procs/test/actor?"+query)
			best = min(best, time.Since(begun))
			if r.StatusCode != http.StatusOK {
				t.Fatal(r.Status)
			}
		}
		a := get[inspect.Actor](t, h, "/procs/test/actor?"+query)
		if a.Running == nil || a.Running.Handler != "sample.Gate.Post" || a.Queue != 3 || a.Name != "stuck" {
			t.Errorf("%+v", a)
		}
		t.Logf("%d actors, %s: answered within %v", p.Living(), query, best)
		if best > limit {
			t.Errorf("answered within %v, want %v", best, limit)
		}
	}
	begun := time.Now()
	page := get[inspect.Page](t, h, "/procs/test/actors?limit=1000")
	t.Logf("a page of %d took %v", len(page.Actors), time.Since(begun))
	stopped()
	others.Wait()
}
