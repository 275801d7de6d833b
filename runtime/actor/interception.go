package actor

import (
	"context"
	"fmt"
	"sync/atomic"
)

// A passage lets a message pass once, while its interceptors are at work. It can be used for one message after another, which
// are numbered: a next that is called late does not take the one after for its own.
type passage struct {
	word atomic.Uint64 // the message's number, and in the last three bits how far it is
	late chan struct{} // closed when the one that is waited for has passed
}

// How far a message is.
const (
	passageOpen uint64 = 1 + iota
	passageTaken
	passageOver
	passageAwaited
)

// open begins a message.
func (p *passage) open(number uint64) { p.word.Store(number<<3 | passageOpen) }

// under tells whether the message's interceptors are at work.
func (p *passage) under(number uint64) bool { return p.word.Load()>>3 == number }

// take is called by next. It is false if it is not, or not any more, the message's time.
func (p *passage) take(number uint64) bool {
	return p.word.CompareAndSwap(number<<3|passageOpen, number<<3|passageTaken)
}

// leave ends what take began.
func (p *passage) leave(number uint64) {
	if !p.word.CompareAndSwap(number<<3|passageTaken, number<<3|passageOver) {
		close(p.late)
	}
}

// settle is called when the interceptors have returned. It reports whether the message was let through. If next still runs, on
// another goroutine than theirs, it waits: the turn is not given up under a handler, nor a frame under a call.
func (p *passage) settle(number uint64) (passed bool) {
	if p.word.CompareAndSwap(number<<3|passageOpen, number<<3|passageOver) {
		return false
	}
	if p.word.Load()&7 == passageTaken {
		p.late = make(chan struct{})
		if p.word.CompareAndSwap(number<<3|passageTaken, number<<3|passageAwaited) {
			<-p.late
		}
	}
	return true
}

// An interception is one message while the interceptors of its actor are at work. Each worker has one, made when first needed.
type interception struct {
	passage
	number uint64
	core   *core // nil between messages
	cx     *Context
	op     uint16
	args   any // *C, the cell's
	frame  GenFrame
	ran    bool     // the handler
	failed *failure // its panic, or the end of its goroutine
	fatal  error    // its error, if that is Fatal's
}

// runIntercepted is the kind's Run for actors with interceptors.
func (k *GenKind[S, C]) runIntercepted(_ S, cx *Context, op uint16, args *C, frame GenFrame) error {
	r := cx.w.interception
	if r == nil {
		r = &interception{}
		cx.w.interception = r
	}
	r.core, r.cx, r.op, r.args, r.frame = cx.core, cx, op, args, frame
	r.open(r.number)
	err := r.core.config.chain.handle(cx, Incoming{
		r: r, number: r.number, core: r.core, op: op, from: cx.from, sender: cx.sender, headers: cx.headers,
	})
	ran, failed, fatal := r.end()
	switch {
	case failed != nil:
		panic(failed) // see caught
	case !ran:
		return cx.core.self.(*GenActor[S, C]).refuse(cx, op, args, frame, err)
	case fatal != nil && !isFatal(err):
		return fatal
	}
	return err
}

// end makes r ready for the next message. It waits for a handler that still runs.
func (r *interception) end() (ran bool, failed *failure, fatal error) {
	r.settle(r.number)
	ran, failed, fatal = r.ran, r.failed, r.fatal
	r.number++
	r.word.Store(r.number<<3 | passageOver)
	r.core, r.cx, r.args, r.frame, r.ran, r.failed, r.fatal = nil, nil, nil, nil, false, nil, nil
	return ran, failed, fatal
}

// broken ends an interception whose interceptors have not returned, and returns the failure of that: the handler's own, if that
// failed before.
func (r *interception) broken(f *failure) *failure {
	if r == nil || r.core == nil {
		return f
	}
	if _, failed, _ := r.end(); failed != nil {
		return failed
	}
	return f
}

// handleMessage is what the innermost interceptor's next runs.
func handleMessage(ctx context.Context, in Incoming) error {
	r := in.r
	if r == nil {
		return NewError(CodeMisuse, "next has been called with a message that no actor handles", nil)
	}
	if !r.take(in.number) {
		return NewError(CodeMisuse, in.Handler()+": an interceptor has called next twice, or too late: the handler runs once, before "+
			"the interceptor returns", nil)
	}
	return r.run(ctx)
}

// run runs the handler with ctx.
func (r *interception) run(ctx context.Context) (err error) {
	cx, before := r.cx, r.cx.headers
	returned := false
	defer func() {
		if !returned {
			r.failed = panicked(recover())
			r.failed.arose(r.core, r.op)
			err = r.failed.err
		}
		r.cx.headers = before
		if cx != r.cx {
			cx.end(errReturned)
		}
		r.leave(r.number)
	}()
	if ctx != context.Context(cx) {
		if cx, err = cx.with(ctx); err != nil {
			cx, returned = r.cx, true
			return fmt.Errorf("%s: %w", r.core.kind().what(r.op), err)
		}
	}
	r.ran = true
	err = r.core.self.runMessage(r, cx)
	if returned = true; isFatal(err) {
		r.fatal = err
	}
	return err
}

// with returns what the handler gets of c if its interceptors have derived ctx from it.
func (c *Context) with(ctx context.Context) (*Context, error) {
	origin, hs := originOf(ctx)
	if origin != c {
		return nil, NewError(CodeMisuse, "an interceptor's next needs its ctx, or one that was derived from it", nil)
	}
	parent := ctx
	for parent != context.Context(c) {
		h, ok := parent.(*headerContext)
		if !ok {
			c.look() // it must not be used again while the derived one may be
			return &Context{core: c.core, w: c.w, up: ctx, call: c.call, from: c.from, sender: c.sender, headers: hs, strand: c.strand,
				open: true}, nil
		}
		parent = h.Context
	}
	c.headers = hs // the common case: nothing but headers
	return c, nil
}

func (a *GenActor[S, C]) runMessage(r *interception, cx *Context) error {
	return a.info.spec.Run(a.state, cx, r.op, r.args.(*C), r.frame)
}

func (a *GenActor[S, C]) arguments(r *interception) any {
	return a.info.spec.Args(r.op, r.args.(*C), r.frame)
}

// refuse ends a message that its interceptors have not let through. It returns the error for its caller, or for supervision.
func (a *GenActor[S, C]) refuse(cx *Context, op uint16, args *C, frame GenFrame, err error) error {
	what := a.info.what(op)
	if err == nil {
		err = NewError(CodeMisuse, what+": an interceptor has neither called next nor returned an error", nil)
	}
	if a.info.handlers[op].Flags&GenOneway == 0 || isFatal(err) {
		return err
	}
	a.lost(cx.from, cx.sender, op, a.info.spec.Args(op, args, frame),
		NewError(CodeRefused, fmt.Sprintf("%s: refused by an interceptor: %v", what, err), err))
	return nil
}
