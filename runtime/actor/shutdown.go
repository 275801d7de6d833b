package actor

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// A ShutdownReport tells how a proc's shutdown went.
type ShutdownReport struct {
	// Stopped is the number of actors that have ended.
	Stopped int
	// Killed is how many of them had to be killed because ctx ended first.
	Killed int
	// Abandoned are the killed actors, since the proc's start, whose handler has not returned. Their goroutines are left
	// behind.
	Abandoned []Abandoned
	// Took is how long the shutdown took.
	Took time.Duration
}

// byeTime is what a shutdown whose time is up still takes to tell other procs, and for handlers that are about to return.
const byeTime = 200 * time.Millisecond

// String says it in one line.
func (r *ShutdownReport) String() string {
	text := fmt.Sprintf("%d actors stopped in %v", r.Stopped, r.Took.Round(time.Millisecond))
	if r.Killed > 0 {
		text = fmt.Sprintf("%d of %s, killed because the time was up", r.Killed, text)
	}
	if len(r.Abandoned) > 0 {
		text += "; handlers that have not returned:"
		for _, a := range r.Abandoned {
			text += fmt.Sprintf(" %s %q (#%d)", a.Kind, a.Name, a.ID.Serial)
		}
	}
	return text
}

// Abandoned is an actor that was killed while a handler ran.
type Abandoned struct {
	ID   ID
	Name string
	Kind string
}

// Shutdown stops the root actors, and with them all, draining their mailboxes; those left when ctx ends are killed. Then it
// closes the links and returns what happened. The error is that of ctx if it cut the shutdown short.
// Calling it again waits for the same shutdown.
func (p *Proc) Shutdown(ctx context.Context) (*ShutdownReport, error) {
	p.mu.Lock()
	if p.shutdown != nil {
		over := p.shutdown
		p.mu.Unlock()
		select {
		case <-over:
			return p.report, nil
		case <-ctx.Done():
			p.killAll()
			<-over
			return p.report, contextError("shutting down proc "+p.name, ctx)
		}
	}
	p.shutdown = make(chan struct{})
	p.mu.Unlock()

	begun := time.Now()
	empty, left := p.stopTaking()
	cause := NewError(CodeStopped, "proc "+p.name+" is shutting down", nil)
	report := &ShutdownReport{Stopped: left}
	for _, c := range p.roots() {
		c.stop(StopDrain, cause)
	}
	var err error
	select {
	case <-empty:
	case <-ctx.Done():
		err = contextError("shutting down proc "+p.name, ctx)
		report.Killed = p.killAll()
		<-empty
	}
	p.endAttached(cause)
	if p.transport != nil {
		bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), byeTime)
		if err == nil {
			bye = ctx
		}
		p.transport.Stop(bye)
		cancel()
	}
	p.sched.close()
	if report.Abandoned = p.stillHung(); len(report.Abandoned) == 0 {
		p.sched.wg.Wait() // no goroutine is left behind
	}
	report.Took = time.Since(begun)
	p.mu.Lock()
	p.report = report
	close(p.shutdown)
	close(p.done)
	p.mu.Unlock()
	for _, a := range report.Abandoned {
		p.logger.Warn("a handler of a killed actor has not returned", "actor", a.Name, "kind", a.Kind, "id", a.ID.String())
	}
	return report, err
}

// Close stops the proc without draining anything.
func (p *Proc) Close() error {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	p.Shutdown(ctx)
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

// stopTaking has the proc take no more actors. It returns a channel that is closed when none is left.
func (p *Proc) stopTaking() (empty chan struct{}, left int) {
	p.tree.Lock()
	defer p.tree.Unlock()
	p.closed = true
	p.empty = make(chan struct{})
	if p.actors == 0 {
		close(p.empty)
	}
	return p.empty, p.actors
}

// roots returns the root actors that have not ended.
func (p *Proc) roots() []*core {
	p.tree.Lock()
	defer p.tree.Unlock()
	return siblings(p.firstRoot)
}

// killAll kills what is left and returns how many actors that were.
func (p *Proc) killAll() int {
	p.tree.Lock()
	left := p.actors
	p.tree.Unlock()
	cause := NewError(CodeStopped, "proc "+p.name+" is shutting down, and the time is up", nil)
	for _, c := range p.roots() {
		c.kill(cause)
	}
	return left
}

// abandoned notes an actor that is killed while a handler runs.
func (p *Proc) abandoned(c *core) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.markHung(c, +1)
}

// returnedLate is called when such a handler has returned.
func (p *Proc) returnedLate(c *core) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.markHung(c, -1)
	if len(p.hung) == 0 && p.allBack != nil {
		close(p.allBack)
		p.allBack = nil
	}
}

// markHung counts a kill up and a return down, in whichever order they come to be told. It is called under mu.
func (p *Proc) markHung(c *core, n int) {
	if p.hung == nil {
		p.hung = make(map[*core]int)
	}
	if p.hung[c] += n; p.hung[c] == 0 {
		delete(p.hung, c)
	}
}

// stillHung returns the killed actors whose handlers have not returned. It gives those that are about to some time.
func (p *Proc) stillHung() []Abandoned {
	p.mu.Lock()
	if len(p.hung) > 0 {
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
	defer p.mu.Unlock()
	var all []Abandoned
	for c := range p.hung {
		all = append(all, Abandoned{ID: c.id(), Name: c.name, Kind: c.kind.name})
	}
	slices.SortFunc(all, func(a, b Abandoned) int { return cmp.Compare(a.ID.Serial, b.ID.Serial) })
	return all
}
