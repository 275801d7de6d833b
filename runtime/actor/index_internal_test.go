package actor

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// An index has what was added and not removed, in order, whatever the order of both.
func TestIndexIsInOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		var x index
		have := map[uint64]bool{}
		last := uint64(0)
		for range 5000 {
			switch n := r.IntN(10); {
			case n < 5:
				last += 1 + r.Uint64N(3)
				x.add(&core{serial: last})
				have[last] = true
			case n < 7: // late
				serial := 1 + r.Uint64N(last+1)
				x.add(&core{serial: serial})
				have[serial] = true
				last = max(last, serial)
			default:
				serial := r.Uint64N(last + 2)
				x.remove(serial)
				delete(have, serial)
			}
		}
		var want []uint64
		for serial := range have {
			want = append(want, serial)
		}
		slices.Sort(want)
		for _, after := range []uint64{0, 1, last / 2, last - 1, last, last + 5, ^uint64(0)} {
			var got []uint64
			for at := after; ; {
				some := x.after(at, make([]numbered, 0, 1+r.IntN(600)))
				if len(some) == 0 {
					break
				}
				for _, n := range some {
					at = n.serial
					got = append(got, at)
					if n.c.serial != at {
						t.Fatalf("%d leads to %d", at, n.c.serial)
					}
				}
			}
			from, exact := slices.BinarySearch(want, after)
			if exact {
				from++
			}
			if !slices.Equal(got, want[from:]) {
				t.Fatalf("after %d: %d of %d actors", after, len(got), len(want)-from)
			}
		}
		for serial := range have {
			x.remove(serial)
		}
		if len(x.pages) != 0 {
			t.Fatalf("%d pages are left", len(x.pages))
		}
	}
}
