package actor_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// kindred spawns below parent, width children at each of depth levels, and returns them all.
func kindred(t testing.TB, parent sample.GateHandle, width, depth int) (all []sample.GateHandle) {
	t.Helper()
	if depth == 0 {
		return nil
	}
	for range width {
		child := childGate(t, parent)
		all = append(all, child)
		all = append(all, kindred(t, child, width, depth-1)...)
	}
	return all
}

func childGate(t testing.TB, parent sample.GateHandle) (child sample.GateHandle) {
	t.Helper()
	ok(t, parent.Do(soon(t), func(cx *actor.Context) error { child = spawnGate(t, cx); return nil }))
	return child
}

// Whoever knows of an end does not find the actor any more.
func TestActorIsOutOfTheTreeWhenDone(t *testing.T) {
	p := newProc(t, quiet)
	parent := spawnGate(t, p)
	for i := range 300 {
		g := childGate(t, parent)
		go g.Actor().Stop(modes[i%3], nil)
		closed(t, g.Actor().Done(), "the end")
		for h := range p.Actors() {
			if h == g.Actor() {
				t.Fatalf("%v is listed after its end", h.ID())
			}
		}
		if all := parent.Actor().Inspect().Children; len(all) != 0 {
			t.Fatalf("it has %v after the end of its only child", all)
		}
	}
}

// parity: BT4
// Who ends takes its own link along, and no other.
func TestFamilyWhenItsMembersEnd(t *testing.T) {
	p := newProc(t)
	first := spawnGate(t, p)
	second := childGate(t, first)
	third := childGate(t, second)
	family := []sample.GateHandle{first, second, third}
	linked := func(living int) {
		t.Helper()
		for i, g := range family[:living] {
			var parent, child actor.ID
			if i > 0 {
				parent = family[i-1].Actor().ID()
			}
			if i < living-1 {
				child = family[i+1].Actor().ID()
			}
			s := g.Actor().Inspect()
			if s.Parent.ID != parent || len(s.Children) > 1 || (len(s.Children) == 1) != !child.IsZero() || !child.IsZero() && s.Children[0].ID != child {
				t.Errorf("%d live: %s is the child of %q and has %v", living, s.Label, s.Parent.Label, s.Children)
			}
		}
	}
	linked(3)
	for i := 2; i > 0; i-- {
		family[i].Actor().Stop(actor.StopDrain, nil)
		ended(t, family[i])
		linked(i)
	}
}

// parity: B13, BT3
// All actors are listed and walked, anonymous ones too, parents before children and each with its depth.
func TestActorsAreListedAndWalked(t *testing.T) {
	p := newProc(t)
	a, b := spawnGate(t, p), spawnGate(t, p)
	a1, a2 := childGate(t, a), childGate(t, a)
	a21 := childGate(t, a2)
	b1 := childGate(t, b)
	var got, want []string
	for depth, h := range p.Tree() {
		got = append(got, fmt.Sprint(depth, h.ID().Serial))
	}
	for _, n := range []struct {
		depth int
		g     sample.GateHandle
	}{{0, b}, {1, b1}, {0, a}, {1, a2}, {2, a21}, {1, a1}} {
		want = append(want, fmt.Sprint(n.depth, n.g.Actor().ID().Serial))
	}
	if !slices.Equal(got, want) {
		t.Errorf("depth and number: %q, want %q", got, want)
	}
	var listed []string
	for h := range p.Actors() {
		listed = append(listed, fmt.Sprint(h.ID().Serial))
	}
	if len(listed) != len(want) || listed[0] != fmt.Sprint(b.Actor().ID().Serial) {
		t.Errorf("listed: %q", listed)
	}
	if got := slices.Collect(a.Actor().Children()); !slices.Equal(got, []actor.Handle{a2.Actor(), a1.Actor()}) {
		t.Errorf("children: %v", got)
	}
	for depth, want := range [][2]string{{"0 0 ", "0 0 "}, {"0 1 0 ", "0 1 0 1 1 "}, {"0 1 0 ", "0 1 0 1 2 1 "}} {
		below, all := "", ""
		for d := range a.Actor().TreeTo(depth) {
			below += fmt.Sprint(d, " ")
		}
		for d := range p.TreeTo(depth) {
			all += fmt.Sprint(d, " ")
		}
		if below != want[0] || all != want[1] {
			t.Errorf("to depth %d the tree has %q below an actor and %q in all, want %q", depth, below, all, want)
		}
	}
	if n := p.Living(); n != 6 {
		t.Errorf("%d actors live, want 6", n)
	}
	if h, found := p.Numbered(a21.Actor().ID().Serial); !found || h != a21.Actor() {
		t.Error("an anonymous actor is not found by its number")
	}
	if _, found := p.Numbered(1 << 40); found {
		t.Error("nobody has this number")
	}
	if _, found := p.Named("nobody"); found {
		t.Error("nobody has this name")
	}
	for range p.Actors() {
		break // leaves nothing behind: see the end of the test
	}
	a.Actor().Stop(actor.StopNow, nil)
	ended(t, a)
	if _, found := p.Numbered(a21.Actor().ID().Serial); found {
		t.Error("an actor that has ended is found")
	}
}

// The body of the loop may do what it likes: no lock is held.
func TestWalkStopsAndSpawns(t *testing.T) {
	p := newProc(t)
	root := spawnGate(t, p)
	all := kindred(t, root, 4, 4)
	seen := make(map[uint64]bool)
	for h := range p.Actors() {
		if seen[h.ID().Serial] {
			t.Fatalf("%v twice", h.ID())
		}
		seen[h.ID().Serial] = true
		spawnGate(t, p)
		if h != root.Actor() && rand.IntN(3) == 0 {
			h.Stop(actor.StopKill, nil) // with all below it
			closed(t, h.Done(), "the end")
		}
		for other := range p.Actors() { // walks do not disturb each other
			other.Inspect()
			break
		}
	}
	for _, g := range all {
		if !g.Actor().Status().State.Terminal() && !seen[g.Actor().ID().Serial] {
			t.Errorf("%v lives and was not seen", g.Actor().ID())
		}
	}
}

// Whoever lives all the time is seen exactly once, whatever comes and goes meanwhile.
func TestWalkUnderChurn(t *testing.T) {
	p := newProc(t, quiet)
	root := spawnGate(t, p)
	all := kindred(t, root, 3, 4)
	stay := make(map[uint64]bool)
	for _, g := range append(all, root) {
		stay[g.Actor().ID().Serial] = true
	}
	var churn sync.WaitGroup
	var over atomic.Bool
	for range 3 {
		churn.Go(func() {
			for !over.Load() {
				var mine []actor.Handle
				for range 20 {
					parent := all[rand.IntN(len(all))]
					child := childGate(t, parent)
					mine = append(mine, child.Actor(), childGate(t, child).Actor())
				}
				for _, i := range rand.Perm(len(mine)) {
					mine[i].Stop(actor.StopMode(1+rand.IntN(3)), nil)
				}
				for _, h := range mine {
					closed(t, h.Done(), "the end")
				}
			}
		})
	}
	rounds := 200
	if testing.Short() || raceEnabled {
		rounds = 40
	}
	for range rounds {
		seen := make(map[uint64]int)
		for depth, h := range p.Tree() {
			seen[h.ID().Serial]++
			if depth > 7 {
				t.Errorf("%v has depth %d", h.ID(), depth)
			}
		}
		for serial := range stay {
			if seen[serial] != 1 {
				t.Errorf("#%d was seen %d times", serial, seen[serial])
			}
		}
	}
	over.Store(true)
	await(t, &churn, "the churn")
}

// parity: B79, BT15, BT16, BT34
// Actors that have ended are kept, up to a hundred: clean stops make room first, and the earliest failures stay.
func TestEndedActorsAreKept(t *testing.T) {
	p := newProc(t, quiet)
	var names []string
	next := 0
	end := func(n int, failed bool) {
		for range n {
			name := fmt.Sprintf("clean%d", next)
			if failed {
				name = fmt.Sprintf("failed%d", next)
			}
			next++
			g, err := sample.SpawnGate(p, name, func() *sample.Gate { return &sample.Gate{} }, actor.OnFailure(actor.StopActor))
			ok(t, err)
			if s := p.Ended(); slices.ContainsFunc(s, func(s actor.Snapshot) bool { return s.Name == name }) {
				t.Errorf("%s is kept while it lives", name)
			}
			if failed {
				fail(t, g)
			} else {
				g.Actor().Stop(actor.StopNow, errBoom)
			}
			ended(t, g)
			names = append(names, name)
		}
	}
	check := func(when string, want ...string) {
		t.Helper()
		var got []string
		for _, s := range p.Ended() {
			got = append(got, s.Name)
			if (s.Status.State == actor.StateFailed) != (s.Name[0] == 'f') || (s.Failure != nil) != (s.Name[0] == 'f') || s.Status.Cause == nil ||
				s.Kind == "" || s.ID.IsZero() || s.Since.Before(s.Started) {
				t.Errorf("%+v", s)
			}
			if _, found := p.Named(s.Name); found {
				t.Errorf("%s is found though it has ended", s.Name)
			}
		}
		slices.Sort(got)
		want = slices.Clone(want)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: kept\n%q, want\n%q", when, got, want)
		}
	}
	check("nobody has ended")
	end(70, false)
	check("70 clean", names...)
	end(80, false)
	check("150 clean", names[50:150]...)
	end(30, true) // 150 to 179
	check("30 failures", append(slices.Clone(names[150:180]), names[80:150]...)...)
	end(5, false) // 180 to 184
	check("5 clean more", slices.Concat(names[150:180], names[85:150], names[180:185])...)
	end(100, true) // 185 to 284
	check("130 failures", slices.Concat(names[150:180], names[185:255])...)
	end(1, false)
	end(1, true)
	check("and one of each", slices.Concat(names[150:180], names[185:255])...)
	for h := range p.Actors() {
		t.Errorf("%s lives", h.Name())
	}
}

// parity: BT15
// What is kept of the dead says what it is good for: its parent, what it did and when.
func TestEndedSnapshotTellsOfTheActor(t *testing.T) {
	p := newProc(t, quiet)
	parent, err := sample.SpawnGate(p, "parent", func() *sample.Gate { return &sample.Gate{} })
	ok(t, err)
	child := childGate(t, parent)
	for range 3 {
		flush(t, child)
	}
	idle(t, child)
	alive := child.Actor().Inspect()
	child.Actor().Stop(actor.StopDrain, errBoom)
	ended(t, child)
	all := p.Ended()
	if len(all) != 1 {
		t.Fatalf("%d actors have ended", len(all))
	}
	s := all[0]
	if s.ID != alive.ID || s.Label != alive.Label || s.Kind != alive.Kind || s.Incarnation != alive.Incarnation || !s.Started.Equal(alive.Started) ||
		s.Parent != alive.Parent || s.Parent.Label != "sample.Gate parent" || s.Messages != 3 || s.LastHandler != "sample.Gate.Cleanup" || s.Running != nil || s.Queue != 0 ||
		s.Status.State != actor.StateStopped || s.Status.Cause != errBoom {
		t.Errorf("ended: %+v\nalive: %+v", s, alive)
	}
	_, err = sample.SpawnGate(p, "", func() *sample.Gate { return &sample.Gate{OnInit: func(*actor.Context) error { return errBoom }} })
	if err == nil || len(p.Ended()) != 1 {
		t.Errorf("%v: an actor that has not come to life is kept: %+v", err, p.Ended())
	}
}

// An index that is made while actors come and go has those that stay, once and in order, and none that has ended.
func TestIndexUnderChurn(t *testing.T) {
	for range 5 {
		p := newProc(t, quiet)
		root := spawnGate(t, p)
		all := append(kindred(t, root, 3, 5), root)
		var churn sync.WaitGroup
		var over atomic.Bool
		for range 3 {
			churn.Go(func() {
				for !over.Load() {
					child := childGate(t, all[rand.IntN(len(all))])
					child.Actor().Stop(actor.StopNow, nil)
					closed(t, child.Actor().Done(), "the end")
					if _, found := p.Numbered(child.Actor().ID().Serial); found {
						t.Errorf("%v is found after its end", child.Actor().ID())
					}
				}
			})
		}
		for range 20 {
			last, seen := uint64(0), map[uint64]bool{}
			for h := range p.After(0) {
				serial := h.ID().Serial
				if serial <= last {
					t.Fatalf("#%d comes after #%d", serial, last)
				}
				last, seen[serial] = serial, true
			}
			for _, g := range all {
				serial := g.Actor().ID().Serial
				if h, found := p.Numbered(serial); !seen[serial] || !found || h != g.Actor() {
					t.Errorf("#%d lives and is not found", serial)
				}
			}
		}
		over.Store(true)
		await(t, &churn, "the churn")
	}
}
