package actor_test

import (
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
)

// reduced sends the updates to accumulating ports, to each in another order, and a second time if that is to change nothing. It fails
// the test unless the value of the state always is want.
func reduced[S, U any](t *testing.T, fold func(S, U) S, value func(S) int, twice bool, want int, updates ...U) {
	t.Helper()
	p := newProc(t)
	for range 20 {
		to, states := actor.OpenAccumulator(p, fold)
		order := rand.Perm(len(updates))
		if twice {
			order = append(order, rand.Perm(len(updates))...)
		}
		for _, i := range order {
			ok(t, to.Send(t.Context(), updates[i]))
		}
		state, err := states.Recv(soon(t))
		ok(t, err)
		if got := value(state); got != want {
			t.Fatalf("in the order %v: %d, want %d", order, got, want)
		}
		states.Close()
	}
}

// An extreme is the largest or smallest number so far; the zero value is none.
type extreme struct {
	some bool
	n    int
}

func extremeBy(better func(a, b int) int) func(extreme, int) extreme {
	return func(s extreme, n int) extreme {
		if s.some {
			n = better(s.n, n)
		}
		return extreme{true, n}
	}
}

// A progress is how far a rank has come, as of a time; it may fall back.
type progress struct{ rank, at, value int }

// advance keeps the latest progress of each rank. What the receiver has is not changed: the state is a new map.
func advance(s map[int]progress, p progress) map[int]progress {
	s = maps.Clone(s)
	if s == nil {
		s = make(map[int]progress)
	}
	if old, some := s[p.rank]; !some || p.at > old.at {
		s[p.rank] = p
	}
	return s
}

// watermark is how far all ranks have come.
func watermark(s map[int]progress) int {
	var low extreme
	for _, p := range s {
		low = extremeBy(smallest)(low, p.value)
	}
	return low.n
}

func smallest(a, b int) int { return min(a, b) }
func largest(a, b int) int  { return max(a, b) }

// A tally is what a replica has counted up and down so far: neither ever falls.
type tally struct{ replica, up, down int }

// count keeps the largest tally of each replica.
func count(s map[int]tally, c tally) map[int]tally {
	s = maps.Clone(s)
	if s == nil {
		s = make(map[int]tally)
	}
	old := s[c.replica]
	s[c.replica] = tally{c.replica, max(c.up, old.up), max(c.down, old.down)}
	return s
}

func counted(s map[int]tally) (n int) {
	for _, c := range s {
		n += c.up - c.down
	}
	return n
}

// parity: B66, BT54
// Whatever reduces updates to a state is a fold of the user's. Those of the textbooks mind no order, and but for the sum no repetition.
func TestAccumulatingPortTakesAnyReducer(t *testing.T) {
	itself := func(n int) int { return n }
	number := func(s extreme) int { return s.n }
	t.Run("sum", func(t *testing.T) {
		reduced(t, func(sum, n int) int { return sum + n }, itself, false, 10, 1, 2, 3, 4)
	})
	t.Run("largest", func(t *testing.T) { reduced(t, extremeBy(largest), number, true, -1, -4, -1, -3) })
	t.Run("smallest", func(t *testing.T) { reduced(t, extremeBy(smallest), number, true, 2, 4, 2, 3) })
	t.Run("watermark", func(t *testing.T) {
		all := []progress{{rank: 0, at: 1, value: 10}, {rank: 1, at: 1, value: 7}}
		reduced(t, advance, watermark, true, 7, all...)
		reduced(t, advance, watermark, true, 5, append(all, progress{rank: 0, at: 2, value: 5})...)
		reduced(t, advance, watermark, true, 7, append(all, progress{rank: 0, at: 2, value: 5}, progress{rank: 0, at: 3, value: 20})...)
	})
	t.Run("growing counter", func(t *testing.T) {
		reduced(t, count, counted, true, 9, tally{1, 2, 0}, tally{1, 5, 0}, tally{2, 4, 0}, tally{2, 1, 0})
	})
	t.Run("counter up and down", func(t *testing.T) {
		reduced(t, count, counted, true, 5, tally{1, 2, 0}, tally{1, 5, 3}, tally{2, 4, 1}, tally{2, 1, 0})
	})
}
