package actor_test

import (
	"slices"
	"strings"

	"github.com/actorgen/actorgen/runtime/actor"
)

// How user code ends in the model, and what comes of it.

// kindOf says how a hook failed, in the table of what was covered.
func kindOf(e ending) string {
	switch e {
	case aFatal:
		return "error"
	}
	return e.String()
}

// unwind ends the topmost frame; after a Goexit those below end so, too.
func (m *model) unwind(frames *[]frame, end ending) {
	top := len(*frames) - 1
	f := (*frames)[top]
	*frames = (*frames)[:top]
	m.end(frames, f, end)
	if end != aGoexit || top == 0 {
		return
	}
	below := &(*frames)[top-1]
	below.exits = true
	if l := m.life(below.actor); l != nil {
		l.blames = append(l.blames, below.kind.hook()+" Goexit")
	}
}

// hook names what runs in a frame.
func (k frameKind) hook() string {
	return [...]string{"", "handler", "Init", "Cleanup", "HandleExit", "HandleUndelivered", ""}[k]
}

// failureOf returns what the ending of user code makes of an incarnation, or nil. in says where errors come from.
func (e ending) failure(m mark, in string) *failed {
	c := cause{"!" + string(m), string(m)}
	switch e {
	case anError, aFatal:
		return &failed{cause: c.after(in), child: nobody}
	case aPanic:
		return &failed{cause: c.after("panic:").after(in), panicked: true, child: nobody}
	case aGoexit:
		return &failed{cause: cause{text: "goroutine was ended"}.after(in), panicked: true, child: nobody}
	case returnsNil:
		return &failed{cause: cause{text: "build has returned nil"}.after(in), child: nobody}
	}
	return nil
}

// end is the end of a frame, which is off its stack.
func (m *model) end(frames *[]frame, f frame, end ending) {
	l := m.life(f.actor)
	if l == nil {
		return // the driver's
	}
	if !f.exits && f.pc == len(f.script.deeds) && end != fine && end != leaves && f.kind != frameBuild || f.kind == frameBuild && f.step == 2 && end != fine {
		if blame := f.kind.hook() + " " + kindOf(end); len(l.blames) == 0 || l.blames[len(l.blames)-1] != blame {
			l.blames = append(l.blames, blame)
		}
	}
	if l.ended() { // killed under it
		m.endLate(frames, l, f, end)
		return
	}
	switch f.kind {
	case frameHandler:
		m.endHandler(l, f, end)
	case frameBuild:
		m.endBuild(frames, l, f, end)
	case frameCleanup:
		l.cleanAt = 0
		if why := end.failure(f.script.id, "Cleanup of "+l.label()); why != nil && (!l.restart || l.stop != 0) && !l.bad {
			l.bad, l.cause = true, why.cause
		}
		m.afterCleanup(l)
	case frameExit:
		m.endExit(l, f, end)
	case frameLost:
		if why := end.failure(f.script.id, "HandleUndelivered of "+l.label()); why != nil && (end != anError || l.plan.strategy.kind != resumes) {
			m.failLife(l, why)
		}
	}
}

// endLate is the end of user code that a kill has left behind.
func (m *model) endLate(frames *[]frame, l *life, f frame, end ending) {
	l.hung = false
	kept := l.kept
	l.kept = nil
	m.drop(l, kept)
	if f.kind == frameBuild && len(*frames) > 0 { // it was being spawned
		below := &(*frames)[len(*frames)-1]
		below.result = actor.CodeStopped.String()
		if why := end.failure(f.script.id, ""); why != nil {
			below.result = why.cause.String()
		}
	}
}

func (m *model) endHandler(l *life, f frame, end ending) {
	why := end.failure(f.script.id, "")
	answer := "-"
	if why != nil {
		answer = why.cause.String()
		goesOn := end == anError && (f.posting.call || l.plan.strategy.kind == resumes)
		if goesOn {
			l.blames = nil
		} else {
			m.failLife(l, why)
		}
	}
	if f.posting.call {
		if end := m.ends[f.posting.id].answers; l.failure != nil && slices.Equal(end, []string{actor.CodeStopped.String()}) {
			l.owes = &f.posting // the failure is noted before the answer is given: a kill has come in between, or the model is wrong
			return
		}
		m.answer(f.posting, answer)
	}
}

func (m *model) endBuild(frames *[]frame, l *life, f frame, end ending) {
	if l.phase == phaseStart {
		below := &(*frames)[len(*frames)-1]
		why := end.failure(f.script.id, "")
		if why == nil {
			below.result = "-"
			m.move(l, phaseRun)
			l.initialized = true
			return
		}
		below.result = why.cause.String()
		l.failedStart, l.bad, l.cause, l.exits = true, true, why.cause, nil
		m.move(l, phaseChildren)
		return
	}
	in := "Init of "
	if f.step == 1 {
		in = "build of "
	}
	why := end.failure(f.script.id, in+l.label())
	if why == nil {
		l.initialized = true
		m.move(l, phaseRun)
		return
	}
	if l.failure == nil {
		m.failLife(l, why)
	} else {
		m.judge(l)
	}
}

func (m *model) endExit(l *life, f frame, end ending) {
	why := end.failure(f.script.id, "HandleExit of "+l.label())
	n := f.news
	child := m.lives[n.child].label()
	switch {
	case why == nil && (end == fine || !n.escalates):
	case why == nil:
		l.blames = append(l.blames, "child")
		m.failLife(l, &failed{cause: n.cause.after("child " + child), child: n.child})
	case why.panicked || !n.escalates:
		if end != anError || l.plan.strategy.kind != resumes {
			m.failLife(l, why)
		}
	default:
		own := m.lives[n.child].cause
		why.cause = cause{why.cause.text + " child " + child + " " + own.text, strings.TrimSpace(why.cause.marks + " " + own.marks)}
		why.child = n.child
		m.failLife(l, why)
	}
}
