package actor_test

import (
	"fmt"
	"slices"
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

// The states, as columns of the table.
const (
	sNone     = actor.SessionNone
	sOpening  = actor.SessionOpening
	sOpen     = actor.SessionOpen
	sStreams  = actor.SessionStreaming
	sDrained  = actor.SessionDrained
	sReturned = actor.SessionReturned
	sFailed   = actor.SessionFailed
	sSelf     = actor.SessionSelfCancel
	sPeer     = actor.SessionPeerCancel
	sStopped  = actor.SessionActorClosed
)

type states []actor.SessionState

// talkReachable are states that deeds are done in: those that few runs reach already, and those that take many. From one kind on a row is for all up to
// the next row's.
var talkReachable = []struct {
	from          talkKind
	often, seldom states
}{
	{handlerQueues, states{sOpening, sOpen, sStreams, sSelf, sPeer, sStopped}, states{sDrained}},
	{handlerReturnsOwn, states{sStreams, sPeer, sStopped}, states{sOpening, sOpen, sDrained, sSelf}},
	{clientOpens, states{sNone}, nil},
	{clientSends, states{sOpen, sStreams, sReturned, sFailed, sSelf, sPeer, sStopped}, states{sDrained}},
	{otherEchoes, states{sNone, sOpen, sStreams}, states{sOpening, sDrained, sSelf, sPeer, sStopped}},
	{arriveAtServer, states{sNone, sOpen, sStreams, sSelf, sPeer, sStopped}, states{sOpening}},
	{arriveAtClient, states{sNone, sOpening, sOpen, sStreams, sDrained, sSelf}, nil},
	{roomAtServer, states{sNone, sStreams}, states{sOpening, sOpen, sSelf, sPeer, sStopped}},
	{turnReleased, states{sNone, sOpen, sStreams, sPeer, sStopped}, states{sOpening, sDrained, sSelf}},
	{helperAnswers, states{sOpen, sStreams}, states{sOpening, sDrained}},
	{fullAtServer, states{sNone, sOpen, sStreams}, states{sOpening, sSelf, sPeer, sStopped}},
	{loseAtServer, states{sNone, sStreams}, states{sOpening, sOpen, sSelf, sPeer, sStopped}},
	{loseAtClient, states{sStreams}, states{sNone, sOpening, sOpen, sDrained, sReturned, sFailed, sSelf, sStopped}},
	{leaveFirst, states{sOpen, sStreams}, states{sDrained, sSelf, sPeer}},
	{endContext, states{sNone, sOpening, sOpen, sStreams}, states{sDrained, sReturned, sFailed, sSelf, sPeer, sStopped}},
	{timePasses, states{sNone, sOpen, sStreams}, states{sOpening, sDrained, sSelf, sPeer, sStopped}},
}

// String is a table: a row for each kind of deed, a column for each state.
func (c talkCoverage) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	for state := sNone; state <= sStopped; state++ {
		fmt.Fprintf(w, "\t%v", state)
	}
	fmt.Fprintln(w, "\t")
	for kind := noDeed + 1; kind < kinds; kind++ {
		fmt.Fprint(w, kind)
		for state := sNone; state <= sStopped; state++ {
			fmt.Fprintf(w, "\t%d", c[talkCell{kind, state}])
		}
		fmt.Fprintln(w, "\t")
	}
	w.Flush()
	return b.String()
}

// check fails the test if a deed was never done in a state that so many runs reach.
func (c talkCoverage) check(t *testing.T, runs int) {
	t.Helper()
	row := -1
	for kind := noDeed + 1; kind < kinds; kind++ {
		if row+1 < len(talkReachable) && talkReachable[row+1].from == kind {
			row++
		}
		want := talkReachable[row].often
		if runs >= 10*standardRuns {
			want = slices.Concat(want, talkReachable[row].seldom)
		}
		for _, state := range want {
			if c[talkCell{kind, state}] == 0 {
				t.Errorf("%q was never done while the session was %q", kind, state)
			}
		}
	}
}
