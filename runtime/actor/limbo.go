package actor

import "sync"

// A limbo is where handlers unwind that had given up their turn when their actor was killed, or went on without them: one at a time, on a state that nobody
// else uses.
type limbo struct {
	mu    sync.Mutex
	busy  bool // one of them runs, or the handler that was left with the turn
	queue []*strand
	among map[*strand]bool // those that have had their time given to them
}

// newLimbo moves the actor's strands to a limbo, if it has any. It is busy until it is known who runs. It is called under the actor's lock.
func (sd *side) newLimbo() (l *limbo, all []*strand) {
	if sd.strands.all == nil {
		return nil, nil
	}
	l = &limbo{busy: true, among: make(map[*strand]bool)}
	for st := sd.strands.first; st != nil; {
		next := st.behind
		st.behind = nil
		l.queue = append(l.queue, st)
		st = next
	}
	sd.strands.first, sd.strands.last = nil, nil
	for st := sd.strands.all; st != nil; st = sd.strands.all {
		st.unlist(sd)
		st.limbo = l
		all = append(all, st)
	}
	return l, all
}

// unfinished marks those of the strands whose waits have not been ended. It is called under the actor's lock.
func unfinished(all []*strand, cause error) (some []*strand) {
	if cause == nil {
		cause = errNoCause
	}
	for _, st := range all {
		if !st.finished {
			st.finished, st.cause = true, cause
			some = append(some, st)
		}
	}
	return some
}

// ask gives the strand its time when nobody is in there: st.turn tells it.
func (l *limbo) ask(st *strand) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.busy {
		l.queue = append(l.queue, st)
	} else {
		l.admit(st)
	}
}

// admit lets a strand in. The mutex is held.
func (l *limbo) admit(st *strand) {
	l.busy, l.among[st] = true, true
	st.turn <- struct{}{} // it has room
}

// let tells whether the strand's time has been given to it.
func (l *limbo) let(st *strand) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.among[st]
}

// taken notes that the turn was taken from a strand that runs: it is the one in there.
func (l *limbo) taken(st *strand) {
	l.mu.Lock()
	l.among[st] = true
	l.mu.Unlock()
}

// leave lets the next one run. The limbo that nobody is in is nil.
func (l *limbo) leave() {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 {
		l.busy = false
		return
	}
	st := l.queue[0]
	l.queue = l.queue[1:]
	l.admit(st)
}
