package actor_test

import (
	"errors"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// Two thousand names that come and go in any order: each is found while its actor lives, and taken for as long.
func TestNamesThatComeAndGo(t *testing.T) {
	p := newProc(t)
	const many = 2_000
	var none sample.GateHandle
	var has [many]sample.GateHandle
	check := func(i int) {
		t.Helper()
		found, err := sample.LookupGate(p, "gate-"+strconv.Itoa(i))
		if found != has[i] || errors.Is(err, actor.ErrNotFound) != (has[i] == none) {
			t.Fatalf("gate-%d is %v, and found is %v, %v", i, has[i], found, err)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		i := rng.IntN(many)
		check(i)
		g, err := sample.SpawnGate(p, "gate-"+strconv.Itoa(i), plainGate)
		if has[i] == none {
			ok(t, err)
			has[i] = g
			continue
		}
		wantCode(t, err, actor.CodeNameTaken)
		has[i].Actor().Stop(actor.StopNow, nil)
		ended(t, has[i])
		has[i] = none
	}
	for i := range has {
		check(i)
	}
}
