package actor_test

import (
	"context"
	"os"
	"runtime"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// An idle actor that has worked costs at most 500 bytes in all, heap and stack, its state included, and no goroutine. ACTORGEN_SOAK=1 takes
// 100,000 actors that have handled 1,000 messages each.
func TestIdleActorsAreSmall(t *testing.T) {
	limit := int64(460) // 64 of them for the state, and some for the stacks of the workers
	actors, messages := 20_000, 100
	if os.Getenv("ACTORGEN_SOAK") == "1" {
		limit, actors, messages = 420, 100_000, 1_000
	} else if testing.Short() || raceEnabled {
		actors, messages = 5_000, 20
	}
	p := newProc(t)
	handles := make([]sample.CounterHandle, actors)
	before := inUse()
	for i := range handles {
		handles[i] = spawnCounter(t, p)
	}
	ctx := context.Background()
	for range messages {
		for _, h := range handles {
			ok(t, h.Add(ctx, 1))
		}
	}
	for _, h := range handles {
		if n, err := h.Deposit(ctx, 0, ""); n != int64(messages) || err != nil {
			t.Fatal(n, err)
		}
	}
	for _, h := range handles {
		until(t, "the turn is given up, soon after the answer", func() bool { return !h.Actor().Status().Busy })
	}
	each := (inUse() - before) / int64(actors)
	t.Logf("%d idle actors, %d messages each: %d bytes per actor, %d goroutines", actors, messages, each, len(runtimeGoroutines()))
	if each > limit && !raceEnabled {
		t.Errorf("%d bytes per actor, want at most %d", each, limit)
	}
	if n := len(runtimeGoroutines()); n > 100 { // parked workers, of which there are 64 at most, and the watchdog
		t.Errorf("%d goroutines", n)
	}
	for _, h := range handles {
		h.Actor().Stop(actor.StopNow, nil)
	}
}

// inUse returns the bytes of heap and stacks in use, after the garbage is gone.
func inUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
