package actor_test

import (
	"fmt"
	"strings"
	"testing"
	"text/tabwriter"
)

// A coverage counts transitions of actors, by the hook failures since they last ran.
type coverage map[transition]int

func (c coverage) add(seen []transition) {
	for _, t := range seen {
		c[t]++
	}
}

func (c coverage) merge(other coverage) {
	for t, n := range other {
		c[t] += n
	}
}

// What can fail, as columns of the table.
var (
	none     = []string{"no hook"}
	handlers = []string{"handler error", "handler panic", "handler Goexit"}
	builds   = []string{"build nil", "build panic", "build Goexit"}
	inits    = []string{"Init error", "Init panic", "Init Goexit"}
	cleanups = []string{"Cleanup error", "Cleanup panic", "Cleanup Goexit"}
	hanging  = []string{"Cleanup hangs"}
	exits    = []string{"HandleExit error", "HandleExit panic", "HandleExit Goexit"}
	losses   = []string{"HandleUndelivered error", "HandleUndelivered panic", "HandleUndelivered Goexit"}
	children = []string{"child"}
	columns  = [][]string{none, handlers, builds, inits, cleanups, hanging, exits, losses, children}
)

// reachable are the transitions that the model has, each with what may have failed since the actor last ran. A kill may come at
// any time: of what had failed before it only the usual is asked for.
var reachable = []struct {
	step string
	by   [][]string
}{
	{"starting → running", [][]string{none}},
	{"starting → stopping", [][]string{builds, inits}},
	{"starting → killed", [][]string{none}},
	{"running → restarting", [][]string{none, handlers, exits, losses, children}},
	{"running → stopping", [][]string{none, handlers, exits, losses, children}},
	{"running → killed", [][]string{none}},
	{"restarting → restarting", [][]string{handlers, builds, inits, cleanups, children}},
	{"restarting → running", [][]string{none, handlers, builds, inits, cleanups, exits, losses, children}},
	{"restarting → stopping", [][]string{none, handlers, builds, inits, cleanups, children}},
	{"restarting → failed", [][]string{hanging}},
	{"restarting → killed", [][]string{none, handlers}},
	{"stopping → stopped", [][]string{none}},
	{"stopping → failed", [][]string{handlers, builds, inits, cleanups, hanging, exits, losses, children}},
	{"stopping → killed", [][]string{none, handlers}},
}

// String is a table: a row for each transition, a column for what had failed.
func (c coverage) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	var heads []string
	for _, column := range columns {
		heads = append(heads, column...)
	}
	fmt.Fprint(w, "\t")
	for n := range heads {
		fmt.Fprintf(w, "%d\t", n+1)
	}
	fmt.Fprintln(w)
	for _, r := range reachable {
		fmt.Fprintf(w, "%s\t", r.step)
		for _, head := range heads {
			fmt.Fprintf(w, "%d\t", c[transition{r.step, head}])
		}
		fmt.Fprintln(w)
	}
	w.Flush()
	for n, head := range heads {
		fmt.Fprintf(&b, "%d %s; ", n+1, head)
	}
	return b.String()
}

// check fails the test if something that the model can reach was not, or a transition was that it does not have.
func (c coverage) check(t *testing.T) {
	t.Helper()
	steps := map[string]bool{}
	for _, r := range reachable {
		steps[r.step] = true
		for _, column := range r.by {
			for _, blame := range column {
				if c[transition{r.step, blame}] == 0 {
					t.Errorf("%s after %s was never reached", r.step, blame)
				}
			}
		}
	}
	for seen := range c {
		if !steps[seen.step] {
			t.Errorf("%s was reached, which the model does not know", seen.step)
		}
	}
}
