package actor_test

import (
	"fmt"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/actorgen/actorgen/runtime/actor"
)

// A talkCoverage counts deeds, by the state of the session at the end that they are done at.
type talkCoverage map[talkCell]int

type talkCell struct {
	kind  talkKind
	state actor.SessionState
}

// add notes a deed.
func (c talkCoverage) add(d talkDeed, m sessionModel) {
	state := actor.SessionNone
	switch {
	case d.kind >= clientOpens && d.kind <= clientCloses, d.kind >= leaveFirst && d.kind <= endContext, d.kind == arriveAtClient, d.kind == loseAtClient:
		if m.client.phase == phaseCalling {
			state = actor.SessionOpening
		} else if m.client.phase == phaseOpen {
			state = m.client.state()
		}
	case m.server.begun && !m.server.returned:
		state = m.server.state()
	}
	c[talkCell{d.kind, state}]++
}

func (c talkCoverage) merge(other talkCoverage) {
	for cell, n := range other {
		c[cell] += n
	}
}

// String is a table: a row for each kind of deed, a column for each state.
func (c talkCoverage) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	for state := actor.SessionNone; state <= actor.SessionActorClosed; state++ {
		fmt.Fprintf(w, "\t%v", state)
	}
	fmt.Fprintln(w, "\t")
	for kind := noDeed + 1; kind < kinds; kind++ {
		fmt.Fprint(w, kind)
		for state := actor.SessionNone; state <= actor.SessionActorClosed; state++ {
			fmt.Fprintf(w, "\t%d", c[talkCell{kind, state}])
		}
		fmt.Fprintln(w, "\t")
	}
	w.Flush()
	return b.String()
}

func (c talkCoverage) check(t *testing.T) {}
