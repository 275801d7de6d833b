package actor

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// byeTime is what a shutdown whose time is up still takes to tell other procs, and for handlers that are about to return.
const byeTime = 200 * time.Millisecond

// Shutdown stops all actors, draining their mailboxes: first the root actors with all that is below them, at the same time,
// then the Coordinator, if there is one, which hears of their ends first. What is left when ctx ends is killed; the coordinator
// has another 200 ms then. At last the links to other procs are closed.
//
// The report tells what happened. The error is that of ctx if it cut the shutdown short. Calling Shutdown again waits for the
// same shutdown and returns its report; the end of any caller's context cuts it short.
//
// A handler of the proc cannot call it, for the shutdown would wait for the handler: it gets a nil report and an error of
// CodeMisuse at once, and nothing is shut down. It may say go p.Shutdown(context.Background()) and return. It is recognized by
// ctx or by its goroutine. An Init whose Spawn was called by no actor is recognized by its ctx only, and a handler that waits
// for a goroutine which calls Shutdown is not: they hold the shutdown up until ctx ends.
func (p *Proc) Shutdown(ctx context.Context) (*ShutdownReport, error) {
	if c := p.inHandler(ctx); c != nil {
		return nil, NewError(CodeMisuse, fmt.Sprintf("shutting down proc %s: a handler of %s cannot wait for it, for it waits for "+
			"the handler: call it with go and a context that is not the handler's", p.name, c.label()), nil)
	}
	return p.shutDown(ctx)
}

func (p *Proc) shutDown(ctx context.Context) (*ShutdownReport, error) {
	p.mu.Lock()
	if over := p.shutdown; over != nil {
		p.mu.Unlock()
		select {
		case <-over:
			return p.report, nil
		case <-ctx.Done():
			p.cutShort()
			<-over
			return p.report, contextError("shutting down proc "+p.name, ctx)
		}
	}
	p.shutdown, p.hurry = make(chan struct{}), make(chan struct{})
	p.mu.Unlock()

	begun := time.Now()
	var err error
	if !p.stopActors(ctx) && ctx.Err() != nil {
		err = contextError("shutting down proc "+p.name, ctx)
	}
	p.couriers.finish(ctx)
	p.endAttached(NewError(CodeStopped, "proc "+p.name+" has shut down", nil))
	if p.transport != nil {
		bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), byeTime)
		if err == nil {
			bye = ctx
		}
		p.transport.Stop(bye)
		cancel()
	}
	p.sched.close()
	report := &ShutdownReport{Abandoned: p.stillHung(), proc: p.id}
	if len(report.Abandoned) == 0 {
		p.sched.wg.Wait() // no goroutine is left behind
	}
	p.tree.Lock()
	report.sum(p.stopped)
	p.stopped = nil
	p.tree.Unlock()
	report.Took = time.Since(begun)
	p.mu.Lock()
	p.report = report
	close(p.shutdown)
	close(p.done)
	p.mu.Unlock()
	for _, a := range report.Abandoned {
		p.logger.Warn("a handler of a killed actor has not returned", "actor", a.label, "id", a.ID.String(), "handler", a.Handler,
			"stack", a.Stack)
	}
	return report, err
}

// stopActors stops all actors, in two phases, and returns when none is left. It is false if it had to kill.
func (p *Proc) stopActors(ctx context.Context) bool {
	last, rest, empty := p.stopTaking()
	cause := NewError(CodeStopped, "proc "+p.name+" is shutting down", nil)
	for _, c := range p.roots() {
		if c != last {
			c.stop(StopDrain, cause)
		}
	}
	timeUp := NewError(CodeStopped, "proc "+p.name+" is shutting down, and the time is up", nil)
	inTime := p.inTime(ctx, rest)
	if !inTime {
		for _, c := range p.roots() {
			if c != last {
				c.kill(timeUp)
			}
		}
		<-rest
	}
	if last != nil {
		last.stop(StopDrain, cause)
		if inTime && p.inTime(ctx, empty) {
			return true
		}
		grace, cancel := context.WithTimeout(context.Background(), byeTime)
		defer cancel()
		inTime = false
		select {
		case <-empty:
		case <-grace.Done():
			last.kill(timeUp)
		}
	}
	<-empty
	return inTime
}

// inTime waits for one of the two phases. It is false if the time of the shutdown is up first.
func (p *Proc) inTime(ctx context.Context, phase <-chan struct{}) bool {
	select {
	case <-phase:
		return true
	case <-ctx.Done():
	case <-p.hurry:
	}
	return false
}

// cutShort has the shutdown kill what is left.
func (p *Proc) cutShort() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.hurry:
	default:
		close(p.hurry)
	}
}

// Close stops the proc without draining anything. In a handler of the proc it returns at once, while its actor and all others
// are killed; else it returns when that is done: see Done.
func (p *Proc) Close() error {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if p.inHandler(ctx) != nil {
		go p.shutDown(ctx)
		return nil
	}
	p.shutDown(ctx)
	return nil
}

// Done returns a channel that is closed when the proc has stopped.
func (p *Proc) Done() <-chan struct{} { return p.done }

// Err returns why the proc stopped by itself: the failure of a root actor under OnRootFailure(StopProc). It is nil before,
// and after a shutdown that was asked for.
func (p *Proc) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// stopTaking has the proc take no more actors. It returns the coordinator, or nil, and channels that are closed when no root
// actor but that is left, and when no actor is.
func (p *Proc) stopTaking() (last *core, rest, empty <-chan struct{}) {
	p.tree.Lock()
	defer p.tree.Unlock()
	p.closed = true
	p.last = p.coordinator() // who is appointed from now on is not taken any more
	only := make(chan struct{})
	p.rest, p.empty = only, make(chan struct{})
	p.lookForRest()
	if p.actors == 0 {
		close(p.empty)
	}
	return p.last, only, p.empty
}

// roots returns the root actors that have not ended.
func (p *Proc) roots() []*core {
	p.tree.Lock()
	defer p.tree.Unlock()
	return siblings(p.firstRoot)
}

// hung tells of an actor that was killed while a handler ran.
type hung struct {
	n     int // 1: the handler has not returned
	since time.Time
}

// hungIn is an actor, and the worker that its handler runs on: nil on a goroutine that is no worker's.
type hungIn struct {
	c *core
	w *worker
}

// abandoned notes an actor that is killed while a handler runs on w, which is nil on a goroutine that is no worker's.
func (p *Proc) abandoned(c *core, w *worker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	markHung(&p.hung, hungIn{c, w}, hung{+1, time.Now()})
}

// returnedLate is called when such a handler has returned.
func (p *Proc) returnedLate(c *core, w *worker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	markHung(&p.hung, hungIn{c, w}, hung{n: -1})
	p.lookForBack()
}

// abandonedTask notes a task that was left to itself, with +1, and that it has returned, with -1.
func (p *Proc) abandonedTask(t *Task, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	markHung(&p.hungTasks, t, hung{n: n, since: time.Now()})
	p.lookForBack()
}

// lookForBack tells a shutdown that waits for it that nothing is left behind. It is called under mu.
func (p *Proc) lookForBack() {
	if len(p.hung)+len(p.hungTasks) == 0 && p.allBack != nil {
		close(p.allBack)
		p.allBack = nil
	}
}

// markHung counts a kill up and a return down, in whichever order they come to be told. It is called under mu.
func markHung[K comparable](all *map[K]hung, who K, h hung) {
	if *all == nil {
		*all = make(map[K]hung)
	}
	h.n += (*all)[who].n
	if (*all)[who] = h; h.n == 0 {
		delete(*all, who)
	}
}

// stillHung returns the killed actors whose handlers have not returned. It gives those that are about to some time.
func (p *Proc) stillHung() []Abandoned {
	p.mu.Lock()
	if len(p.hung)+len(p.hungTasks) > 0 {
		back := make(chan struct{})
		p.allBack = back
		p.mu.Unlock()
		timer := time.NewTimer(byeTime)
		select {
		case <-back:
		case <-timer.C:
		}
		timer.Stop()
		p.mu.Lock()
	}
	count := len(p.hung) + len(p.hungTasks)
	p.mu.Unlock()
	if count == 0 {
		return nil
	}
	stacks := allStacks()
	p.mu.Lock()
	all := maps.Clone(p.hung) // now: the stacks show these in their handlers, not in what came after
	tasks := maps.Clone(p.hungTasks)
	p.mu.Unlock()
	var report []Abandoned
	for in, h := range all {
		c := in.c
		a := Abandoned{ID: c.id(), Name: c.name, Kind: c.kind().name, Since: h.since, label: c.label()}
		stack, part := runningStack(stacks, c, in.w)
		a.Handler, a.Stack = c.kind().handlerIn(part), shorten(stack, maxStack)
		report = append(report, a)
	}
	for t, h := range tasks {
		c := t.owner
		report = append(report, Abandoned{ID: c.id(), Name: c.name, Kind: c.kind().name, Since: h.since, label: c.label(),
			Handler: "a task", Stack: shorten(taskStack(stacks, t), maxStack)})
	}
	slices.SortFunc(report, func(a, b Abandoned) int {
		return cmp.Or(cmp.Compare(a.ID.Serial, b.ID.Serial), cmp.Compare(a.Handler, b.Handler))
	})
	return report
}
