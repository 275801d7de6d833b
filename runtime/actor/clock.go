package actor

import "time"

// The clock of introspection.
const (
	clockTick  = 10 * time.Millisecond
	clockSleep = 20 // ticks in which no handler began, after which the clock stops
)

// A clock counts ticks since its proc's start while handlers begin to run. It is read with every message and so costs no more
// than a load: a goroutine of its own moves it on. That goroutine ends when no handler has begun for a while, also if
// one still runs; whoever runs the next one finds the clock stopped and starts it again.
type clock struct {
	start time.Time
}

// now returns the present tick, which is never 0.
func (k clock) now() uint32 { return uint32(time.Since(k.start)/clockTick) + 1 }

// time returns when a tick began.
func (k clock) time(tick uint32) time.Time { return k.start.Add(time.Duration(tick-1) * clockTick) }

// tickNow returns the present tick, and leaves a clock that has stopped alone.
func (s *scheduler) tickNow() uint32 {
	if tick := s.tick.Load(); tick != 0 {
		return tick
	}
	return s.clock.now()
}

// startClock starts the clock if it has stopped, and returns the present tick.
func (s *scheduler) startClock() uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if tick := s.tick.Load(); tick != 0 {
		return tick // not a later one than others see
	}
	tick := s.clock.now()
	if s.closed {
		return tick
	}
	s.tick.Store(tick)
	s.began.Store(true)
	s.wg.Add(1)
	go s.runClock()
	return tick
}

// runClock is the clock's goroutine.
func (s *scheduler) runClock() {
	defer s.wg.Done()
	s.unlabel()
	ticker := time.NewTicker(clockTick)
	defer ticker.Stop()
	defer s.tick.Store(0)
	for quiet := 0; quiet < clockSleep; quiet++ {
		select {
		case <-ticker.C:
		case <-s.closing:
			return
		}
		s.tick.Store(s.clock.now())
		if s.began.Swap(false) {
			quiet = 0
		}
	}
}

// What an actor runs is one word, which its turn's holder changes: the tick in which the handler began, its number, and how
// often the count of messages has passed half of its range. Who sees that tick and handler are those of the message
// before need not change it, which is why it costs next to nothing.
const (
	runsMask    uint64 = 1<<48 - 1 // tick and handler
	runsHalves         = 48        // the shift of the rest
	runsUnequal uint64 = 1 << 63   // in a word to compare with: no other is equal

	runsCompared = runsMask | runsUnequal
)

// runsWord is the word for a tick and a handler.
func runsWord(tick uint32, op uint16) uint64 { return uint64(tick)<<16 | uint64(op) }

// Numbers of what runs beside handlers.
const (
	opCleanup = noOp - 1 - iota
	opInit
	opExit
	opUndelivered
)

// hookOps has the hooks' names.
var hookOps = [...]string{cleanupHook, initHook, "HandleExit", "HandleUndelivered"}

// hookOp returns the number of a hook.
func hookOp(name string) uint16 {
	for i, hook := range hookOps {
		if hook == name {
			return opCleanup - uint16(i)
		}
	}
	return noOp
}

// running names a handler or a hook for people: "bank.Account.Deposit".
func (k *kindInfo) running(op uint16) string {
	switch i := int(opCleanup - op); {
	case op == noOp:
		return ""
	case i >= 0 && i < len(hookOps):
		return k.short + "." + hookOps[i]
	case int(op) < len(k.handlers):
		return k.what(op)
	}
	return ""
}

// news tells whether a handler that begins has to be noted: always if the clock has stopped, for an actor that has not run any has neither tick nor handler.
func (s *scheduler) news(c *core, op uint16) bool {
	tick := s.tick.Load()
	return tick == 0 || (c.runs.Load()^runsWord(tick, op)|s.unequal)&runsCompared != 0
}

// begin notes that a handler begins, and returns the word to compare the next one with. busy says that the tick of the
// word before is that of a handler which has run until now. The caller has the turn.
func (c *core) begin(w *worker, op uint16, busy bool) uint64 {
	s := c.proc.sched
	tick := s.tick.Load()
	if tick == 0 {
		tick = s.startClock()
	}
	old := c.runs.Load()
	halves := old >> runsHalves
	if was := uint32(old >> 16); was != tick {
		if busy {
			c.spend(s)
		}
		if uint64(c.worked>>31) != halves&1 {
			halves++
		}
		if c.worked-c.consumed.Load() > 1<<16 {
			// Messages that come one by one do not publish it, and it must not fall behind by half its range.
			c.consumed.Store(c.worked)
		}
		if !s.began.Load() {
			s.began.Store(true)
		}
	}
	word := runsWord(tick, op)
	c.runs.Store(halves<<runsHalves&^runsUnequal | word) // 15 bits are enough for 10^13 messages
	if s.labels == nil {
		return word
	}
	if w != nil {
		w.label(c.kind(), op)
	}
	return runsUnequal
}

// spend counts the ticks since a handler began. Who ends one calls it if the tick is another one since.
//
//go:noinline
func (c *core) spend(s *scheduler) {
	if from, to := uint32(c.runs.Load()>>16), s.tickNow(); to > from {
		c.spent.Store(c.spent.Load() + to - from)
	}
}
