package actor

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// maxIdleWorkers is how many goroutines a scheduler keeps parked for the next wake-up. A parked one keeps its grown
// stack, which is what makes it cheaper than a new one.
const maxIdleWorkers = 64

// maxHandoffs is how many actors in a row a worker takes from its own slot while others wait in the run queue.
const maxHandoffs = 63

// scheduler runs the actors of a proc that have something to do on as few goroutines as will do.
//
// As many workers as there are processors run at once; what else is ready waits in the run queue. A worker that is about
// to wait in the runtime gives its place to a successor. One that blocks or spins in user code is found by the
// watchdog, which lets more workers run.
type scheduler struct {
	mu      sync.Mutex
	head    *core // the run queue
	tail    *core
	idle    []*worker
	workers map[*worker]struct{}
	procs   int32 // processors
	allowed int32 // workers that may run; changed under mu
	closed  bool

	active  atomic.Int32  // workers that run and do not wait in the runtime
	waiting atomic.Int32  // length of the run queue
	coming  atomic.Int32  // workers that will look into the run queue before they park
	taken   atomic.Uint32 // actors taken from the run queue, for the watchdog
	watched atomic.Bool   // the watchdog runs
	wg      sync.WaitGroup

	patience sync.Mutex // held by the one that looks on for an actor's lock, while all others that have looked for long wait: see lockInTurns

	// What is read with every message and seldom written, apart from what changes all the time.
	_       [64]byte
	tick    atomic.Uint32 // the clock's, 0 while it has stopped
	began   atomic.Bool   // a handler has begun since the clock looked
	unequal uint64        // runsUnequal with profile labels, which every message has to set, else 0
	labels  *profileLabels
	clock   clock
	closing chan struct{} // closed by close
	_       [64]byte
}

// worker is a goroutine that runs actors, one turn after another.
type worker struct {
	sched    *scheduler
	wake     chan *core
	slot     atomic.Pointer[core] // an actor that the running one has woken: it is next
	cx       *Context             // given to handlers; replaced once somebody has looked at it
	gone     atomic.Bool          // its goroutine ends
	handled  uint32               // messages since the last pause
	streak   int                  // turns taken from the slot in a row
	labelled bool                 // its goroutine has profile labels
	stuck    *core                // what the watchdog last saw in the slot
	place    atomic.Uint32        // whether the watchdog looks at it: see the constants

	interception *interception // of the message that it handles, if that is intercepted; nil before the first
}

// Whether the watchdog looks at a worker. There may be many that wait with a handler that has given up its turn: their slots are empty.
const (
	placeKnown  uint32 = iota // it is in scheduler.workers
	placeAway                 // the same, and its handler has given up the turn
	placeHidden               // it was taken out, since it is away
)

// away and back tell of a handler that gives up its turn, and takes it back.
func (w *worker) away() { w.place.Store(placeAway) }

func (w *worker) back() {
	if w.place.CompareAndSwap(placeAway, placeKnown) {
		return
	}
	s := w.sched
	s.mu.Lock()
	s.workers[w] = struct{}{}
	w.place.Store(placeKnown)
	s.mu.Unlock()
}

func newScheduler() *scheduler {
	procs := int32(runtime.GOMAXPROCS(0))
	return &scheduler{procs: procs, allowed: procs, workers: make(map[*worker]struct{}), clock: clock{time.Now()}, closing: make(chan struct{})}
}

// schedule runs c, whose turn the caller holds, soon. w is the worker whose handler wakes it, or nil.
func (s *scheduler) schedule(c *core, w *worker) {
	if w != nil && !c.config.prompt && w.slot.Load() == nil && w.slot.CompareAndSwap(nil, c) {
		if !s.watched.Load() {
			s.mu.Lock()
			s.watch()
			s.mu.Unlock()
		}
		if !w.gone.Load() || !w.slot.CompareAndSwap(c, nil) {
			return
		}
		// A handler's helper has outlived the worker.
	}
	s.mu.Lock()
	s.place(c)
}

// place gives c to a worker: one that comes for it, a parked or a new one if another may run, or else whichever is free
// first. It is called under mu and releases it.
func (s *scheduler) place(c *core) {
	if s.coming.Load() <= s.waiting.Load() && s.active.Load() < s.allowed || c.config.prompt {
		s.start(c)
		return
	}
	s.enqueue(c)
	if !s.watched.Load() {
		s.watch() // before c can run: it may be the last that the scheduler is closed after
	}
	s.mu.Unlock()
}

// requeue puts c, whose turn the caller holds, behind the others.
func (s *scheduler) requeue(c *core) {
	s.mu.Lock()
	s.enqueue(c)
	s.mu.Unlock()
}

// enqueue appends to the run queue, under mu.
func (s *scheduler) enqueue(c *core) {
	c.runNext = nil
	if s.tail == nil {
		s.head = c
	} else {
		s.tail.runNext = c
	}
	s.tail = c
	s.waiting.Add(1)
}

// dequeue takes from the run queue, under mu.
func (s *scheduler) dequeue() *core {
	c := s.head
	if c == nil {
		return nil
	}
	s.head, c.runNext = c.runNext, nil
	if s.head == nil {
		s.tail = nil
	}
	s.waiting.Add(-1)
	s.taken.Add(1)
	return c
}

// start gives c to a parked worker or a new one. It is called under mu and releases it.
func (s *scheduler) start(c *core) {
	s.active.Add(1)
	if n := len(s.idle); n > 0 {
		w := s.idle[n-1]
		s.idle[n-1] = nil
		s.idle = s.idle[:n-1]
		s.mu.Unlock()
		w.wake <- c
		return
	}
	w := &worker{sched: s, wake: make(chan *core, 1)}
	s.workers[w] = struct{}{}
	s.wg.Add(1)
	s.mu.Unlock()
	go w.run(c)
}

// run is a worker's goroutine, which begins with c, or without an actor. It survives the end of its goroutine by a handler's runtime.Goexit: see caught. In a stack its
// frame shows whose goroutine it is: see runs.
//
//go:noinline
func (w *worker) run(c *core) {
	if w.cx == nil {
		w.cx = &Context{w: w}
	}
	w.sched.unlabel()
	for {
		if c != nil {
			c.self.turns(w)
		}
		if c = w.next(); c == nil {
			if c = <-w.wake; c == nil {
				break
			}
		}
	}
	w.sched.wg.Done()
}

// next returns what the worker runs next, or nil once it is parked. Before it parks it lets others run: whoever has just got
// an answer may have the next work for it, and to wake a parked worker costs as much as a call. It does not if more
// workers are at work than there are processors: where handlers block or spin, it could take long until it runs again.
func (w *worker) next() *core {
	if c := w.poll(); c != nil {
		return c
	}
	s := w.sched
	if s.active.Load() <= s.procs {
		s.coming.Add(1)
		runtime.Gosched()
		s.coming.Add(-1)
		if c := w.poll(); c != nil {
			return c
		}
	}
	s.mu.Lock()
	if c := s.dequeue(); c != nil {
		s.mu.Unlock()
		return c
	}
	active := s.active.Add(-1)
	// The watchdog may have allowed more workers than there are processors, for others that block: take back what
	// is not needed.
	s.allowed = min(s.allowed, max(s.procs, active+s.procs))
	if s.closed || len(s.idle) >= maxIdleWorkers {
		delete(s.workers, w)
		w.gone.Store(true)
		if late := w.slot.Swap(nil); late != nil {
			s.start(late) // gives up mu
		} else {
			s.mu.Unlock()
		}
		w.wake <- nil // it has room for one: nobody else knows this worker any more
		return nil
	}
	s.idle = append(s.idle, w)
	s.mu.Unlock()
	return nil
}

// poll takes what waits in the worker's slot or in the run queue.
func (w *worker) poll() *core {
	s := w.sched
	var mine *core
	if w.slot.Load() != nil {
		mine = w.slot.Swap(nil)
	}
	switch {
	case mine == nil && s.waiting.Load() == 0:
		w.streak = 0
		return nil
	case mine != nil && (w.streak < maxHandoffs || s.waiting.Load() == 0):
		w.streak++
		return mine
	}
	w.streak = 0
	s.mu.Lock()
	if mine != nil {
		s.enqueue(mine)
	}
	c := s.dequeue()
	s.mu.Unlock()
	return c
}

// block is called before the worker's goroutine waits in the runtime: its place goes to a successor.
//
// It may be called on another goroutine than the worker's, by a handler's helper: then one worker more than needed runs.
func (w *worker) block() {
	if w == nil {
		return
	}
	s := w.sched
	if w.slot.Load() != nil {
		if c := w.slot.Swap(nil); c != nil {
			s.mu.Lock()
			s.active.Add(-1)
			s.place(c)
			return
		}
	}
	if s.active.Add(-1) >= 0 && s.waiting.Load() > 0 {
		s.mu.Lock()
		if s.coming.Load() < s.waiting.Load() && s.active.Load() < s.allowed {
			s.start(s.dequeue())
			return
		}
		s.mu.Unlock()
	}
}

// unblock is called when that wait is over.
func (w *worker) unblock() {
	if w != nil {
		w.sched.active.Add(1)
	}
}

// close lets all workers end, each once it has nothing to do.
func (s *scheduler) close() {
	s.mu.Lock()
	if !s.closed {
		close(s.closing)
	}
	s.closed = true
	idle := s.idle
	s.idle = nil
	for _, w := range idle {
		delete(s.workers, w)
		w.gone.Store(true)
	}
	s.mu.Unlock()
	for _, w := range idle {
		w.wake <- nil
	}
}
