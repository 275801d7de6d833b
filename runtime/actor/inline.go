package actor

import (
	"context"
	"runtime/pprof"
	"sync"
)

// maxInlineDepth bounds inline calls within inline calls on one goroutine; deeper ones go through the mailbox.
const maxInlineDepth = 32

// GenTurn is the turn of an idle actor, entered by a caller to run an inline handler.
type GenTurn[S, C any] struct {
	State   S
	Context *Context

	a        *GenActor[S, C]
	op       uint16
	returned bool
	labelled bool // the goroutine has profile labels of this handler
}

var inlineContexts = sync.Pool{New: func() any { return new(Context) }}

// Enter takes the turn if the actor is idle. The handler is committed to its end: a kill lets it run. If so the caller runs the handler on this goroutine, between a deferred
// Leave and Returned; if not, the call goes through the mailbox.
func (a *GenActor[S, C]) Enter(ctx context.Context, op uint16) (GenTurn[S, C], bool) {
	if a == nil || a.proc.detour {
		return GenTurn[S, C]{}, false
	}
	var caller *Context
	var hs *headers
	if ctx != background {
		if caller, hs = originOf(ctx); ctx.Err() != nil || caller != nil && caller.depth >= maxInlineDepth {
			return GenTurn[S, C]{}, false
		}
	}
	if !a.st.CompareAndSwap(0, held|inlined) {
		return GenTurn[S, C]{}, false
	}
	s := a.proc.sched
	labelled := false
	if s.news(&a.core, op) {
		a.begin(nil, op, false)
		labelled = s.labels != nil
	}
	cx := inlineContexts.Get().(*Context)
	cx.core, cx.up, cx.headers = &a.core, ctx, hs
	if caller != nil {
		cx.inline, cx.from, cx.w, cx.depth = caller, caller.core, caller.w, caller.depth+1
	}
	if labelled {
		pprof.SetGoroutineLabels(s.labels.of(&a.info.kindInfo, op))
	}
	return GenTurn[S, C]{State: a.state, Context: cx, a: a, op: op, labelled: labelled}, true
}

// Returned is called when the handler has returned.
func (t *GenTurn[S, C]) Returned() { t.returned = true }

// Leave gives up the turn. It is deferred, and so sees the handler panic; then *err is the failure. If the handler
// has ended the goroutine, that goes on ending, and the incarnation has failed.
func (t *GenTurn[S, C]) Leave(err *error) {
	var f *failure
	if !t.returned {
		f = panicked(recover())
		f.arose(&t.a.core, t.op)
		f.headers = t.Context.headers
		*err = f.err
	} else if *err != nil && isFatal(*err) {
		f = &failure{err: *err, op: t.op, headers: t.Context.headers}
	}
	a, cx := t.a, t.Context
	w := cx.w
	if s := a.proc.sched; uint32(a.runs.Load()>>16) != s.tick.Load() {
		a.spend(s)
	}
	if t.labelled {
		pprof.SetGoroutineLabels(cx.up) // those of the caller's context, as pprof.Do does it
	}
	if !cx.end(errReturned) {
		*cx = Context{} // over has never been used
		inlineContexts.Put(cx)
	}
	if f != nil && !a.isDoomed() {
		a.unlock(a.lock() &^ inlined)
		a.fail(f)
		a.proc.sched.schedule(&a.core, nil)
		return
	}
	a.release(w, inlined)
}
