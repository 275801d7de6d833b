package actor

import (
	"context"
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
}

var inlineContexts = sync.Pool{New: func() any { return new(Context) }}

// Enter takes the turn if the actor is idle. If so the caller runs the handler on this goroutine, between a deferred
// Leave and Returned; if not, the call goes through the mailbox.
func (a *GenActor[S, C]) Enter(ctx context.Context, op uint16) (GenTurn[S, C], bool) {
	if a == nil || a.proc.isolated || !a.st.CompareAndSwap(0, held) {
		return GenTurn[S, C]{}, false
	}
	cx := inlineContexts.Get().(*Context)
	caller, hs := originOf(ctx)
	cx.core, cx.up, cx.headers = &a.core, ctx, hs
	if caller != nil {
		if caller.depth >= maxInlineDepth {
			a.core.release(nil)
			*cx = Context{}
			return GenTurn[S, C]{}, false
		}
		cx.inline, cx.from, cx.w, cx.depth = caller, caller.core, caller.w, caller.depth+1
	}
	if ctx.Err() != nil {
		a.core.release(cx.w)
		*cx = Context{}
		return GenTurn[S, C]{}, false // the way through the mailbox has the error
	}
	a.running.Store(cx)
	if a.doomed.Load() && a.running.Swap(nil) != nil { // killed before it could be seen
		*cx = Context{}
		return GenTurn[S, C]{}, false
	}
	return GenTurn[S, C]{State: a.state, Context: cx, a: a, op: op}, true
}

// Returned is called when the handler has returned.
func (t *GenTurn[S, C]) Returned() { t.returned = true }

// Leave gives up the turn. It is deferred, and so sees the handler panic; then *err is the failure. If the handler
// has ended the goroutine, that goes on ending, and the incarnation has failed.
func (t *GenTurn[S, C]) Leave(err *error) {
	var f *failure
	if !t.returned {
		f = panicked(recover())
		f.op = t.op
		f.err.(*Error).Text = t.a.kind.what(t.op) + ": " + f.err.(*Error).Text
		*err = f.err
	} else if *err != nil && isFatal(*err) {
		f = &failure{err: *err, op: t.op}
	}
	a, cx := t.a, t.Context
	w := cx.w
	alive := a.running.Swap(nil) != nil
	if cx.over.Load() != nil {
		cx.end(errReturned)
	} else if alive {
		*cx = Context{} // over has never been used
		inlineContexts.Put(cx)
	}
	switch {
	case !alive: // killed meanwhile
		a.proc.returnedLate(&a.core)
		w.unblock()
	case f != nil:
		a.fail(f)
		a.proc.sched.schedule(&a.core, nil)
	default:
		a.release(w)
	}
}
