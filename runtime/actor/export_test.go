package actor

// Accounts returns what has to be zero once a proc has been shut down and no handler hangs: the bytes of mail that it counts, the
// workers that it believes to run, the length of its run queue, its named actors and those found by number.
func (p *Proc) Accounts() map[string]int64 {
	all := map[string]int64{
		"bytes of mail": p.queued.Load(), "active workers": int64(p.sched.active.Load()), "waiting actors": int64(p.sched.waiting.Load()),
		"actors": int64(p.actors), "names": 0, "numbers": 0,
	}
	for i := range p.names.shards {
		all["names"] += int64(p.names.shards[i].taken)
	}
	for i := range p.serials.shards {
		all["numbers"] += int64(len(p.serials.shards[i].m))
	}
	for what, n := range all {
		if n == 0 {
			delete(all, what)
		}
	}
	return all
}

// RecallBeforeWaiting is a wait of a handler that is over before it has given up its turn for it.
func RecallBeforeWaiting(cx *Context) {
	st := cx.strand
	st.recall()
	if st.suspend() {
		<-st.turn
		st.regain()
	}
}

// LookLate is a wait of a handler that has its turn back at once, and does not run before late is closed.
func LookLate(cx *Context, late <-chan struct{}) {
	st := cx.strand
	if st.suspend() {
		st.recall()
		<-late
		<-st.turn
		st.regain()
	}
}
