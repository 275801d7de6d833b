package actor

import (
	"fmt"
	"runtime/debug"
	"time"
)

// A failure is why an incarnation has to end.
type failure struct {
	err      error
	op       uint16 // the handler that failed, noOp for a hook
	panicked bool   // by a panic or an ended goroutine: the state cannot be trusted with Cleanup
	child    *core  // the child whose failure this is, or nil

	// What a report tells.
	at        time.Time // when it was noted
	own       error     // what HandleExit said about the child's failure
	headers   *headers  // of the message that failed
	root      ID        // the actor in which it began
	rootLabel string
}

// note fills in when and where: in c, unless it is a child's.
func (f *failure) note(c *core) {
	f.at = time.Now()
	if f.root.IsZero() {
		f.root, f.rootLabel = c.id(), c.label()
	}
}

// noOp stands for no handler.
const noOp = ^uint16(0)

// panicked makes a failure of what recover returned. nil is a goroutine that was ended by runtime.Goexit, as
// t.FailNow does: a panic(nil) is another value since Go 1.21.
func panicked(p any) *failure {
	e := &Error{Code: CodePanic, Stack: string(debug.Stack())}
	switch v := p.(type) {
	case nil:
		e.Text = "the goroutine was ended (runtime.Goexit, as t.FailNow does it)"
	case error:
		e.Text, e.cause = fmt.Sprintf("panic: %v", v), v
	default:
		e.Text = fmt.Sprintf("panic: %v", v)
	}
	return &failure{err: e, op: noOp, panicked: true}
}

// arose names the handler in which a panic arose.
func (f *failure) arose(c *core, op uint16) {
	f.op = op
	e := f.err.(*Error)
	e.Text, e.StackProc = c.kind().what(op)+": "+e.Text, c.proc.name
}

// fail notes that the incarnation has failed. The caller has the turn; the lifecycle goes on in attend.
func (c *core) fail(f *failure) {
	f.note(c)
	sd := c.sideOf()
	sd.mu.Lock()
	ends := false
	if sd.failure == nil && !sd.finished {
		sd.failure = f
		ends = sd.judge(c) // now, so that a caller who gets the error finds the status true
	}
	sd.mu.Unlock()
	if ends {
		c.close()
	}
	c.unsettled = true
	c.proc.logFailure(c, f)
}

// castFailed takes the error of a cast, or of what counts as one, to supervision. It reports whether the incarnation has failed.
func (c *core) castFailed(err error, op uint16) bool { return c.castWithHeadersFailed(err, op, nil) }

func (c *core) castWithHeadersFailed(err error, op uint16, hs *headers) bool {
	if _, resume := c.config.strategy.(resume); resume && !isFatal(err) {
		if op == noOp {
			c.log().Error("a hook failed; the actor goes on (Resume)", "err", err) // which says which
		} else {
			c.log().Error("a cast failed; the actor goes on (Resume)", "handler", c.kind().what(op), "err", err)
		}
		return false
	}
	c.fail(&failure{err: err, op: op, headers: hs})
	return true
}

// hookFailed takes what went wrong in a hook that hears of something to supervision: an error counts as a cast's.
func (c *core) hookFailed(f *failure) {
	if f.panicked {
		c.fail(f)
		return
	}
	c.castFailed(f.err, noOp)
}

// childFailed tells the parent that a child has failed for good, and escalates. A parent whose incarnation ends anyway does
// not fail once more.
func (c *core) childFailed(child *core, f *failure) {
	mine := failureOf(child, f)
	if c.failFromOutside(mine) {
		c.proc.logFailure(c, mine)
	}
}

// failFromOutside fails the incarnation without its turn. It is false if that ends anyway.
func (c *core) failFromOutside(f *failure) bool {
	f.note(c)
	sd := c.sideOf()
	sd.mu.Lock()
	news := sd.failure == nil && sd.step == stepNone && !sd.finished
	if news {
		sd.failure = f
	}
	sd.mu.Unlock()
	if news {
		c.raise(0)
	}
	return news
}
