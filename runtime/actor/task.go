package actor

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// A Task is a function that runs in a goroutine of its own on behalf of an actor: see Pipe and PumpSeq.
type Task struct {
	feed
	ctx    context.Context
	cancel context.CancelCauseFunc
}

// Pipe runs f in a goroutine of its own, and sends what it returns to a port: a task. It is the actor's: a restart does not
// change it, and when the actor ends, f's context does. That carries the headers of the message that is being handled, and
// neither its deadline nor its turn.
//
// An error of f is taken to supervision as that of a cast, unless f was cancelled; a panic, and an ended goroutine, are as an error marked by Fatal.
// An actor that stops waits for its tasks as for its children, before Cleanup.
func Pipe[M any](ctx *Context, to Port[M], f func(ctx context.Context) (M, error)) (*Task, error) {
	t, err := newTask(ctx, to, ofActor, "starting a task")
	if err != nil {
		return nil, err
	}
	go t.run(func() error {
		m, err := f(t.ctx)
		if err == nil && t.ctx.Err() == nil {
			deliver(&t.feed, to, m)
		}
		return err
	})
	return t, nil
}

// pumpWindow is how many values of a source may wait to be handled before the source has to.
const pumpWindow = 8

// PumpSeq runs through seq in a goroutine of its own and sends the values to a port: a source. It ends with the incarnation: an
// Init that starts it starts it again after a restart. It goes no faster than the actor behind the port handles, if that is of this
// proc: up to 8 values wait. An error that seq yields ends it, and is taken to supervision as that of a cast.
//
// seq is left at a yield when the source ends; one that waits elsewhere watches the context that source is given.
func PumpSeq[M any](ctx *Context, to Port[M], source func(ctx context.Context) iter.Seq2[M, error]) (*Task, error) {
	t, err := newTask(ctx, to, ofIncarnation, "starting a source")
	if err != nil {
		return nil, err
	}
	room := make(chan struct{}, 1)
	t.window = pumpWindow
	t.room = func() { knock(room) }
	go t.run(func() error {
		for m, err := range source(t.ctx) {
			if err != nil {
				return err
			}
			for t.full() {
				select {
				case <-room:
				case <-t.ctx.Done():
					return nil
				}
			}
			if t.ctx.Err() != nil || !deliver(&t.feed, to, m) {
				return nil
			}
		}
		return nil
	})
	return t, nil
}

// newTask makes a task whose goroutine is counted already.
func newTask[M any](ctx *Context, to Port[M], s scope, what string) (*Task, error) {
	if to.IsZero() {
		return nil, errZeroPort(what)
	}
	t := &Task{}
	t.ctx, t.cancel = context.WithCancelCause(&detached{context.Background(), headersOf(ctx)})
	if err := t.feed.start(ctx, s, 1, t); err != nil {
		t.cancel(err)
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return t, nil
}

// Stop cancels the task's context with a cause, which may be nil. What it returns after that is dropped.
func (t *Task) Stop(cause error) {
	if cause == nil {
		cause = errTaskStopped
	}
	t.cancel(cause)
}

var errTaskStopped = errors.New("the task was stopped")

func (t *Task) end(cause error) { t.cancel(cause) }

// run runs the task, and takes how it failed to supervision. In a stack its frame shows whose goroutine it is: see taskStack.
//
//go:noinline
func (t *Task) run(work func() error) {
	var failed *failure
	returned := false
	defer func() {
		if !returned {
			failed = panicked(recover())
			failed.err.(*Error).Text = "a task of " + t.owner.label() + ": " + failed.err.(*Error).Text
		}
		stopped := !t.detach() || t.ctx.Err() != nil
		t.cancel(errReturned)
		if failed != nil && (!stopped || failed.panicked) {
			t.owner.feedFailed(failed)
		}
		t.finished()
	}()
	err := work()
	returned = true
	if err != nil {
		failed = &failure{err: fmt.Errorf("a task of %s: %w", t.owner.label(), err), op: noOp}
	}
}

// finished counts the goroutine out.
func (t *Task) finished() {
	c := t.owner
	sd := c.sideOf()
	sd.mu.Lock()
	_, inTime := sd.attached.tasks[t.scope][t]
	delete(sd.attached.tasks[t.scope], t)
	sd.mu.Unlock()
	if inTime {
		c.resume()
	} else {
		c.proc.abandonedTask(t, -1)
	}
	t.proc.sched.wg.Done()
}

// feedFailed takes the failure of a task to supervision. One that comes while the incarnation ends anyway is logged.
func (c *core) feedFailed(f *failure) {
	if _, resume := c.config.strategy.(resume); resume && !f.panicked && !isFatal(f.err) {
		c.log().Error("a task failed; the actor goes on (Resume)", "err", f.err)
		return
	}
	f.panicked = false // the state has seen nothing of it, and Cleanup may run
	c.proc.logFailure(c, f)
	c.failFromOutside(f)
}
