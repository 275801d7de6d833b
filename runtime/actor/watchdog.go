package actor

import "time"

// The watchdog's clock.
const (
	watchTick  = time.Millisecond
	quietTicks = 20      // without anything waiting, after which the watchdog ends
	maxWorkers = 1 << 20 // a bound against running wild
)

// watch starts the watchdog if it does not run, unless everything has ended. It is called under mu.
func (s *scheduler) watch() {
	if !s.closed && s.watched.CompareAndSwap(false, true) {
		s.wg.Add(1)
		go s.watchdog()
	}
}

// watchdog helps what waits behind handlers that block or spin in user code, which the runtime cannot see: if the run
// queue has not moved for a tick it doubles the number of workers, and an actor that has been in a slot for a
// tick gets a worker of its own. It ends when nothing has waited for a while.
func (s *scheduler) watchdog() {
	defer s.wg.Done()
	s.unlabel()
	ticker := time.NewTicker(watchTick)
	defer ticker.Stop()
	taken := s.taken.Load()
	quiet := 0
	for range ticker.C {
		s.mu.Lock()
		rescued := s.stuckSlots()
		if s.head != nil && s.taken.Load() == taken {
			s.allowed = min(2*max(s.allowed, s.active.Load()), maxWorkers)
			for n := s.allowed - s.active.Load(); n > 0 && s.head != nil; n-- {
				rescued = append(rescued, s.dequeue())
			}
		}
		taken = s.taken.Load()
		if quiet++; len(rescued) > 0 || s.head != nil || s.slotsInUse() {
			quiet = 0
		}
		if quiet >= quietTicks || s.closed && quiet > 0 {
			// Whoever fills a slot looks at watched afterwards, so one of the two sees the other.
			s.watched.Store(false)
			if !s.slotsInUse() || !s.watched.CompareAndSwap(false, true) {
				s.mu.Unlock()
				return
			}
		}
		s.mu.Unlock()
		for _, c := range rescued {
			s.mu.Lock()
			s.start(c)
		}
	}
}

// stuckSlots takes the actors that have been in a slot since the last tick. It is called under mu.
func (s *scheduler) stuckSlots() []*core {
	var stuck []*core
	for w := range s.workers {
		c := w.slot.Load()
		if c == nil && w.place.CompareAndSwap(placeAway, placeHidden) {
			delete(s.workers, w)
			continue
		}
		if c != nil && c == w.stuck && w.slot.CompareAndSwap(c, nil) {
			stuck, c = append(stuck, c), nil
		}
		w.stuck = c
	}
	return stuck
}

// slotsInUse tells whether any slot holds an actor. It is called under mu.
func (s *scheduler) slotsInUse() bool {
	for w := range s.workers {
		if w.slot.Load() != nil {
			return true
		}
	}
	return false
}
