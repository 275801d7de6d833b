package actor_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var (
	sessionSeed = flag.Uint64("sessionmodel.seed", 1, "the seed of the first run of TestSessionModel; the others follow")
	sessionRuns = flag.Int("sessionmodel.runs", standardRuns, "how many random sessions TestSessionModel compares with the model, each in every placement")
)

// A talkRun is one random session, on the runtime and in the model.
type talkRun struct {
	w       *talkWorld
	models  []sessionModel // all that fit what was seen
	busy    [agents]bool
	last    string // the error that the handler would return
	did     []talkDeed
	done    []string // in words, with what has come of it
	covered talkCoverage
	wrong   string
}

// playTalk runs deeds in a placement, and then has everybody come to an end. It returns what went wrong.
func playTalk(t *testing.T, where talkPlacement, reentrant bool, deeds []talkDeed) (r *talkRun) {
	r = &talkRun{covered: talkCoverage{}, last: "ok"}
	defer func() {
		if p := recover(); p != nil {
			r.wrong += fmt.Sprintf("panic: %v\n%s", p, debug.Stack())
		}
		if r.wrong != "" {
			r.wrong = fmt.Sprintf("%v, after\n%s%s", where, strings.Join(r.done, "\n"), r.wrong)
		}
	}()
	synctest.Test(t, func(t *testing.T) {
		w, err := newTalkWorld(where, reentrant)
		ok(t, err)
		r.w = w
		m := sessionModel{far: where == overALink, reentrant: reentrant}
		r.models = []sessionModel{m}
		r.follow(deeds)
		if r.wrong == "" {
			r.finish()
		}
		if r.wrong == "" {
			r.shutDown()
		}
		r.giveUp()
	})
	return r
}

// follow does the deeds: of each that does something those that it has, one after the other, when their times come.
func (r *talkRun) follow(deeds []talkDeed) {
	var scripts [agents + 1][]talkDeed
	for _, d := range deeds {
		scripts[d.by] = append(scripts[d.by], d)
	}
	for _, d := range deeds {
		if s := &scripts[d.by]; len(*s) > 0 && r.can((*s)[0]) {
			r.do((*s)[0])
			*s = (*s)[1:]
		} else if d.by == theDriver && len(*s) > 0 {
			*s = (*s)[1:]
		}
		if r.wrong != "" {
			return
		}
	}
}

// can tells whether a deed can be done now.
func (r *talkRun) can(d talkDeed) bool {
	w, now, m := r.w, r.w.sight(), &r.models[0]
	switch {
	case d.by < agents && r.busy[d.by]:
		return false
	case d.by == theHandler:
		return now.begun && !now.returned
	case d.kind == clientOpens:
		return true
	case d.by == firstClient, d.by == secondClient:
		return now.client != ""
	}
	switch d.kind {
	case arriveAtServer:
		return now.toServer != "" && !m.lost[atServer]
	case arriveAtClient:
		return now.toClient != "" && !m.lost[atClient]
	case roomAtServer, roomAtClient:
		return m.full[d.at()]
	case fullAtServer, fullAtClient: // another handler would wait with the turn, which is not modelled
		return m.far && !m.full[d.at()] && !m.lost[d.at()] && !(r.busy[theOther] && m.does[theOther].kind == otherSends)
	case otherSends:
		return !m.full[atServer]
	case loseAtServer, loseAtClient:
		return m.far && !m.lost[d.at()]
	case leaveFirst, leaveSecond:
		who := firstClient + int(d.kind-leaveFirst)
		return r.busy[who] && m.does[who].kind != clientOpens
	case endContext:
		return w.open != nil && w.open.Err() == nil
	case turnHeld:
		return w.holding == nil
	case turnReleased:
		return w.holding != nil
	case helperAnswers:
		return r.busy[theHandler] && m.does[theHandler].kind == handlerAsks && !m.answered
	}
	return true
}

// do has a deed done by the runtime and by the model, and compares.
func (r *talkRun) do(d talkDeed) {
	if d.kind == handlerReturnsLast {
		d.word = r.last
	}
	r.covered.add(d, r.models[0])
	r.did = append(r.did, d)
	r.done = append(r.done, "  "+d.String())
	var after []sessionModel
	if d.kind == timePasses { // what is bounded by time comes about in the order of the bounds
		after = r.next(r.models, func(m *sessionModel) { m.stopTimeout() })
		after = r.next(after, func(m *sessionModel) { m.deadline() })
	} else {
		after = r.next(r.models, func(m *sessionModel) { m.begin(d) })
	}
	if d.by < agents {
		r.busy[d.by] = true
		if d.kind == handlerAsks {
			r.w.answers = make(chan struct{})
		}
		r.w.tell[d.by] <- d
	} else if err := r.w.drive(d); err != nil {
		r.wrong = fmt.Sprintf("\nthe link is ended: %v", err)
		return
	}
	synctest.Wait()
	seen := r.w.sight()
	r.models = slices.DeleteFunc(slices.Clone(after), func(m sessionModel) bool { return m.sight() != seen || m.broken != "" })
	if len(r.models) == 0 {
		r.wrong = "\nthe runtime has\n  " + seen.String() + "\nthe model has\n"
		for _, m := range after {
			r.wrong += "  " + m.sight().String() + " " + m.broken + "\n"
		}
		return
	}
	for who, out := range seen.outs {
		if out == "" {
			continue
		}
		r.done[len(r.done)-1] += fmt.Sprintf("; %s", talkSight{outs: seen.outs}.outcome(who))
		if r.busy[who] = false; who == theHandler && errorWord(r.models[0].does[who].kind, out) {
			r.last = out
		}
		r.w.got(who, "")
		for i := range r.models {
			r.models[i].does[who] = doing{}
		}
	}
}

// next returns what may come of some change to the models.
func (r *talkRun) next(models []sessionModel, change func(*sessionModel)) (after []sessionModel) {
	known := map[sessionModel]bool{}
	for _, m := range models {
		change(&m)
		for _, n := range m.settle() {
			if !known[n] {
				known[n] = true
				after = append(after, n)
			}
		}
	}
	return after
}

// finish has all come to an end, in some order: what was sent arrives, handlers return, clients close. Nobody waits for ever.
func (r *talkRun) finish() {
	rng := rand.New(rand.NewPCG(uint64(len(r.done)), 5))
	if m := r.models[0]; m.lost != [2]bool{} {
		for _, d := range []talkDeed{{kind: loseAtServer, by: theDriver}, {kind: loseAtClient, by: theDriver}} {
			if r.wrong == "" && r.can(d) {
				r.do(d)
			}
		}
	}
	closed := false
	for n := 0; r.wrong == ""; n++ {
		var can []talkDeed
		offer := func(kind talkKind, by int) {
			if d := (talkDeed{kind: kind, by: by}); r.can(d) {
				can = append(can, d)
			}
		}
		offer(arriveAtServer, theDriver)
		offer(arriveAtClient, theDriver)
		offer(roomAtServer, theDriver)
		offer(roomAtClient, theDriver)
		offer(turnReleased, theDriver)
		offer(helperAnswers, theDriver)
		offer(handlerReturnsLast, theHandler)
		if !closed {
			offer(clientCloses, firstClient)
		}
		if len(can) == 0 { // a client may wait for what nobody does
			offer(leaveFirst, theDriver)
			offer(leaveSecond, theDriver)
		}
		if len(can) == 0 {
			break
		}
		d := can[rng.IntN(len(can))]
		closed = closed || d.kind == clientCloses
		if r.do(d); n > 1000 {
			r.wrong += "\nthere is no end"
		}
	}
	if r.wrong == "" && r.busy == [agents]bool{} {
		r.do(talkDeed{kind: otherEchoes, by: theOther})
	}
	if r.wrong == "" && r.busy != [agents]bool{} {
		r.wrong = fmt.Sprintf("\nsomebody waits for ever: %v", r.models[0].does)
	}
}

// shutDown ends the procs: nothing is left behind.
func (r *talkRun) shutDown() {
	for _, p := range r.w.procs {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		report, err := p.Shutdown(ctx)
		cancel()
		synctest.Wait()
		if left := p.Accounts(); err != nil || len(report.Abandoned) > 0 || len(left) > 0 {
			r.wrong = fmt.Sprintf("\nproc %s is shut down with %v, abandoned %v, left %v", p.Name(), err, report.Abandoned, left)
		}
	}
}

// minimisedTalk drops deeds that are not needed for a run to fail.
func minimisedTalk(t *testing.T, where talkPlacement, reentrant bool, deeds []talkDeed, wrong string) ([]talkDeed, string) {
	deadline := time.Now().Add(patienceMinimising)
	try := func(less []talkDeed) {
		if r := playTalk(t, where, reentrant, less); r.wrong != "" {
			deeds, wrong = less, r.wrong
		}
	}
	for size := len(deeds) / 2; size > 0; size /= 2 {
		for from := len(deeds) - size; from >= 0 && time.Now().Before(deadline); from -= size {
			try(slices.Concat(deeds[:from], deeds[from+size:]))
			from = min(from, len(deeds))
		}
	}
	return deeds, wrong
}

// Random sessions, each within one proc, in isolation and over a link: both ends see what the model says, whatever comes in between.
// parity: A22, A23, A27, A28, A29, A31, A33, A36, A39, A42, A53, A54, A55, A57, A58
func TestSessionModel(t *testing.T) {
	runs := *sessionRuns
	if raceEnabled && runs == standardRuns {
		runs = standardRuns / 10
	}
	covered := talkCoverage{}
	begun, steps := time.Now(), 0
	for n := range runs {
		seed := *sessionSeed + uint64(n)
		deeds := talkDeeds(seed)
		for _, where := range []talkPlacement{inOneProc, inIsolation, overALink} {
			reentrant := seed%2 == 0
			r := playTalk(t, where, reentrant, deeds)
			if r.wrong != "" {
				small, how := minimisedTalk(t, where, reentrant, r.did, r.wrong)
				t.Fatalf("run %d fails; repeat it with -sessionmodel.seed %d -sessionmodel.runs 1\n%s\n\nwhat is needed of its deeds:\n%s\n%s", n, seed, r.wrong,
					talkList(small), how)
			}
			covered.merge(r.covered)
			steps += len(r.done)
		}
	}
	t.Logf("%d sessions in 3 placements in %v, %.0f deeds each\n%v", runs, time.Since(begun).Round(time.Millisecond), float64(steps)/float64(3*runs), covered)
	if runs >= standardRuns {
		covered.check(t, runs)
	}
}
