package actor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// How a run that fails is made smaller.

// patienceMinimising bounds the time that it takes.
const patienceMinimising = 5 * time.Second

// minimised drops what is not needed for a run to fail: operations, deeds of scripts, what happens in hooks. It returns what is left,
// and how that fails.
func minimised(t *testing.T, timed bool, ops []operation, wrong string) ([]operation, string) {
	deadline := time.Now().Add(patienceMinimising)
	try := func(less []operation) bool {
		for range 2 { // what fails for an order of events may not fail at once
			if _, _, w := play(t, timed, again(less)); w != "" && w != errNoShutdown {
				ops, wrong = less, w
				return true
			}
		}
		return false
	}
	for size := len(ops) / 2; size > 0; size /= 2 {
		for from := len(ops) - size; from >= 0 && time.Now().Before(deadline); from -= size {
			try(slices.Concat(ops[:from], ops[from+size:]))
		}
	}
	for n := 0; time.Now().Before(deadline); {
		less, more := without(ops, n)
		if !more {
			break
		}
		if !try(less) {
			n++
		}
	}
	return ops, wrong
}

// without returns a copy of ops that lacks its n-th part; it is false if there are no more.
func without(ops []operation, n int) ([]operation, bool) {
	c := cutter{left: n}
	less := make([]operation, len(ops))
	for i, op := range ops {
		less[i] = c.deeds(op)
	}
	return less, c.left < 0
}

// A cutter copies, and leaves out the part that left counts down to.
type cutter struct{ left int }

// cuts tells whether the next part is the one to leave out.
func (c *cutter) cuts() bool {
	c.left--
	return c.left == -1
}

func (c *cutter) deeds(all []deed) (less []deed) {
	for _, d := range all {
		if len(all) > 0 && c.cuts() {
			continue
		}
		if d.plan != nil {
			d.plan = c.plan(*d.plan)
		}
		if d.mail != nil {
			m := *d.mail
			m.script = c.script(m.script)
			d.mail = &m
		}
		less = append(less, d)
	}
	return less
}

func (c *cutter) script(s script) script {
	if s.end != fine && c.cuts() {
		s.end = fine
	}
	s.deeds = c.deeds(s.deeds)
	return s
}

func (c *cutter) plan(p plan) *plan {
	if p.name != "" && c.cuts() {
		p.name = ""
	}
	if p.hooks != bare && c.cuts() {
		p.hooks--
	}
	if (p.strategy != strategyPlan{} && c.cuts()) {
		p.strategy = strategyPlan{}
	}
	for _, list := range []*[]ending{&p.build, &p.exit, &p.lost} {
		*list = slices.Clone(*list)
		for i, e := range *list {
			if e != fine && c.cuts() {
				(*list)[i] = fine
			}
		}
	}
	for _, list := range []*[]script{&p.init, &p.cleanup} {
		*list = slices.Clone(*list)
		for i, s := range *list {
			(*list)[i] = c.script(s)
		}
	}
	return &p
}

// again returns what repeats operations.
func again(ops []operation) func(*model) operation {
	n := 0
	return func(*model) operation {
		if n++; n > len(ops) {
			return nil
		}
		return ops[n-1]
	}
}

// list prints operations, one a line.
func list(ops []operation) string {
	var b strings.Builder
	for i, op := range ops {
		fmt.Fprintf(&b, "%3d  %v\n", i+1, op)
	}
	return b.String()
}
