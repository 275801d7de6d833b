package actor

import (
	"fmt"
	"runtime"
)

// A Spawner is where actors are spawned: a *Proc for root actors, a handler's *Context for children.
type Spawner interface {
	spawner() (p *Proc, parent *core, w *worker, err error)
}

func (p *Proc) spawner() (*Proc, *core, *worker, error) {
	if p == nil {
		return nil, nil, nil, NewError(CodeMisuse, "spawning: the proc is nil", nil)
	}
	return p, nil, nil, nil
}

func (c *Context) spawner() (*Proc, *core, *worker, error) {
	if c == nil || c.core == nil {
		return nil, nil, nil, NewError(CodeMisuse, "spawning: the context is not a handler's", nil)
	}
	return c.core.proc, c.core, c.w, nil
}

// An Initializer is an actor with an Init hook. It runs before the first message of each incarnation.
// Its error fails the start: Spawn returns it, a restart takes it to supervision.
type Initializer interface {
	Init(ctx *Context) error
}

// ClearMailbox drops what has been queued so far, for an Init that begins anew after a restart: casts are reported undelivered, calls
// answered, with CodeStopped. It returns how many messages that were. Elsewhere than in Init it is an error.
func (c *Context) ClearMailbox() (dropped int, err error) {
	if !c.begins {
		return 0, NewError(CodeMisuse, c.actor().label()+": clearing the mailbox: only Init can", nil)
	}
	return c.core.self.clear(NewError(CodeStopped, "the mailbox of "+c.core.label()+" was cleared by Init", nil)), nil
}

// A Cleaner is an actor with a Cleanup hook. It runs once at the end of an incarnation, stopped or failed with cause,
// after the children have ended; not after a panic, nor after StopKill. It has 3 s unless CleanupTimeout says otherwise.
type Cleaner interface {
	Cleanup(ctx *Context, cause error) error
}

// An UndeliveredHandler is an actor that hears of its own messages that were accepted and then lost.
type UndeliveredHandler interface {
	HandleUndelivered(ctx *Context, u *Undelivered) error
}

// Spawn starts an actor of this kind: build and Init run on the caller's goroutine, as the actor's first turn.
func (k *GenKind[S, C]) Spawn(parent Spawner, name string, build func() S, opts []SpawnOption) (*GenActor[S, C], error) {
	a, _, err := k.spawn(parent, name, build, opts)
	return a, err
}

// Ensure returns the actor that has the name, or spawns it. While another goroutine spawns it, it waits.
func (k *GenKind[S, C]) Ensure(parent Spawner, name string, build func() S, opts []SpawnOption) (*GenActor[S, C], error) {
	if name == "" {
		return nil, NewError(CodeMisuse, fmt.Sprintf("ensuring a %s: it needs a name", k.short), nil)
	}
	for {
		a, other, err := k.spawn(parent, name, build, opts)
		if other == nil {
			return a, err
		}
		if err := other.awaitStart(parent); err != nil {
			return nil, fmt.Errorf("ensuring %s %q: %w", k.short, name, err)
		}
		if s := other.st.Load(); s&(starting|ended) != 0 {
			continue // it has not come to life, or has ended: its name is free, or another's
		}
		if a := k.of(other); a != nil {
			return a, nil
		}
		return nil, k.errKind(other)
	}
}

// spawn spawns, or returns the actor that has the name already, with an error that says so.
func (k *GenKind[S, C]) spawn(parent Spawner, name string, build func() S, opts []SpawnOption) (*GenActor[S, C], *core, error) {
	if parent == nil {
		return nil, nil, NewError(CodeMisuse, fmt.Sprintf("spawning a %s: the parent is nil", k.short), nil)
	}
	p, up, w, err := parent.spawner()
	if err != nil {
		return nil, nil, err
	}
	if err := checkName(name); err != nil {
		return nil, nil, NewError(CodeMisuse, fmt.Sprintf("spawning a %s: %v", k.short, err), nil)
	}
	if build == nil {
		return nil, nil, NewError(CodeMisuse, fmt.Sprintf("spawning %s %q: build is nil", k.short, name), nil)
	}
	a := &GenActor[S, C]{info: k, build: build}
	a.proc, a.self, a.name = p, a, name
	a.config = p.defaults
	if len(opts) > 0 {
		config := *p.defaults
		for _, o := range opts {
			o.applySpawn(&config)
		}
		if err := config.chain.wrap(); err != nil {
			return nil, nil, fmt.Errorf("spawning %s %q: %w", k.short, name, err)
		}
		a.config = &config
	}
	a.limit = uint32(a.config.mailbox)
	a.serial = p.lastSerial.Add(1)
	if a.born = p.sched.tick.Load(); a.born == 0 {
		a.born = p.sched.startClock()
	}
	s := held | starting
	if a.config.chain != nil || a.config.idle > 0 {
		s |= queues
	}
	a.st.Store(s)
	p.learn(&k.kindInfo)
	if name != "" {
		if other := p.names.put(name, &a.core); other != nil {
			return nil, other, NewError(CodeNameTaken, fmt.Sprintf("spawning %s %q: proc %s has an actor of that name, a %s",
				k.short, name, p.name, other.kind().short), nil)
		}
	}
	if err = p.appoint(&a.core, up); err == nil {
		err = a.linkInTree(up)
	}
	if err != nil {
		p.dismiss(&a.core)
		if name != "" {
			p.names.remove(name, &a.core)
			a.sideOf()
			a.startOver() // for those that wait in Ensure
		}
		return nil, nil, fmt.Errorf("spawning %s %q: %w", k.short, name, err)
	}
	if err := a.start(w); err != nil {
		return nil, nil, fmt.Errorf("spawning %s %q: %w", k.short, name, err)
	}
	return a, nil, nil
}

// start runs build and Init on the spawner's goroutine, whose worker w is, and gives up the turn. If they fail the
// actor ends.
func (a *GenActor[S, C]) start(w *worker) (err error) {
	cx := inlineContexts.Get().(*Context)
	cx.core, cx.w = &a.core, w
	returned := false
	defer func() {
		if !returned { // a panic, or an ended goroutine, which goes on ending
			err = panicked(recover()).err
		}
		cx.begins = false
		alive := a.running.Swap(nil) != nil
		if !cx.end(errReturned) && alive {
			*cx = Context{}
			inlineContexts.Put(cx)
		}
		if err != nil {
			if !alive {
				a.proc.returnedLate(&a.core, w)
				w.unblock()
			}
			a.failStart(err)
			a.sideOf()
			a.startOver()
			return
		}
		if alive {
			s := a.lock()
			a.unlock(s &^ starting)
			a.startOver()
			a.watchIdle()
			a.release(w, 0)
		} else {
			a.proc.returnedLate(&a.core, w)
			w.unblock()
			a.startOver()
			err = errGoneText(&a.core)
		}
	}()
	a.running.Store(cx)
	err = a.firstBuild(cx)
	if err == nil && a.config.coordinator && a.flags.Load()&hearsExits == 0 {
		err = NewError(CodeMisuse, a.label()+" cannot be the proc's coordinator: it has no HandleExit", nil)
	}
	returned = true
	if s := a.proc.sched; s.tick.Load() != a.born {
		a.spent.Store(max(s.tickNow(), a.born) - a.born)
	}
	return err
}

// firstBuild makes the first incarnation's state. It has a frame of its own, which shows whose Init runs: see runningStack.
//
//go:noinline
func (c *core) firstBuild(cx *Context) error {
	err := c.self.rebuild(cx)
	runtime.KeepAlive(c)
	return err
}

// failStart ends an actor that has not come to life.
func (c *core) failStart(err error) {
	sd := c.sideOf()
	sd.mu.Lock()
	sd.stop, sd.stopCause = StopNow, err
	idle := sd.attached.noTasks(ofActor)
	sd.mu.Unlock()
	if _, none := c.awaitChildren(); none && idle {
		c.finish(Status{State: StateFailed, Cause: err})
		return
	}
	// Children that Init has spawned are stopped first.
	sd.mu.Lock()
	if sd.finished { // killed
		sd.mu.Unlock()
		return
	}
	sd.outcome = Status{State: StateFailed, Cause: err}
	sd.panicked = true // no Cleanup: there was no start
	sd.step = stepChildren
	sd.generation++
	sd.mu.Unlock()
	s := c.lock()
	c.unlock(s | closing)
	c.unsettled = true
	if c.name != "" {
		c.proc.names.remove(c.name, c)
	}
	c.proc.sched.schedule(c, nil)
}

// rebuild makes and starts a state. It runs in the actor's turn.
func (a *GenActor[S, C]) rebuild(cx *Context) error {
	state := a.build()
	if any(state) == nil {
		return NewError(CodeMisuse, "build has returned nil", nil)
	}
	if sd := a.side.Load(); sd != nil && sd.previous != nil && sameState(state, sd.previous) {
		return NewError(CodeMisuse, "build has returned the state of the incarnation that failed: it must make a new one each time", nil)
	}
	a.state = state
	var hears uint32
	if _, ok := any(state).(UndeliveredHandler); ok {
		hears |= hearsLosses
	}
	if _, ok := any(state).(ExitHandler); ok {
		hears |= hearsExits
	}
	if old := a.flags.Load() & hearsAny; old != hears {
		a.flags.Or(hears)
		a.flags.And(hears | ^hearsAny)
	}
	if hook, ok := any(state).(Initializer); ok {
		cx.begins = true
		return hook.Init(cx)
	}
	return nil
}

// behavior returns the state, for its hooks.
func (a *GenActor[S, C]) behavior() any { return any(a.state) }

func (a *GenActor[S, C]) kindInfo() *kindInfo { return &a.info.kindInfo }

// forget drops the state. What build returns next is compared with it.
func (a *GenActor[S, C]) forget() {
	if any(a.state) == nil {
		return
	}
	if sd := a.side.Load(); sd != nil {
		if sd.previous = nil; a.st.Load()&ended == 0 {
			sd.previous = a.state
		}
	}
	var none S
	a.state = none
}

// awaitStart waits until the actor's Spawn is through. It fails if the waiting actor's own start, or what it does, is what
// the actor waits for.
func (c *core) awaitStart(waiting Spawner) error {
	sd := c.sideOf()
	sd.mu.Lock()
	if c.st.Load()&starting == 0 || sd.startDone {
		sd.mu.Unlock()
		return nil
	}
	if sd.started == nil {
		sd.started = make(chan struct{})
	}
	started := sd.started
	sd.mu.Unlock()
	if cx, ok := waiting.(*Context); ok {
		wait := &edge{to: c, room: started}
		if err := cx.waitFor(wait); err != nil {
			return err
		}
		defer cx.waited(wait)
		cx.w.block()
		defer cx.w.unblock()
	}
	<-started
	return nil
}

// startOver tells those that wait for the start.
func (c *core) startOver() {
	sd := c.side.Load()
	if sd == nil {
		return
	}
	sd.mu.Lock()
	sd.startDone = true
	if sd.started != nil {
		close(sd.started)
		sd.started = nil
	}
	sd.mu.Unlock()
}

// maxName bounds an actor's name, in bytes.
const maxName = 1 << 10

// checkName refuses names that no address could hold.
func checkName(name string) error {
	if len(name) > maxName {
		return fmt.Errorf("a name of %d bytes is too long: %d at most", len(name), maxName)
	}
	for _, r := range name {
		if r == '#' || r == '?' || r == '%' || r <= ' ' || r == 0x7f {
			return fmt.Errorf("the name %q holds %q, which an address cannot: leave out #, ?, %% and white space", name, r)
		}
	}
	return nil
}
