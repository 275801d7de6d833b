package market

// A history is the last changes of a book, numbered from 1.
type history struct {
	last uint64   // the number of the newest, 0 before the first
	ring []Update // the newest ones; number n is at n % len
}

// add appends a change. The oldest one makes room for it.
func (h *history) add(u Update) {
	h.last++
	u.Number = h.last
	h.ring[h.last%uint64(len(h.ring))] = u
}

// oldest returns the number of the oldest change that is still there; last+1 if there is none.
func (h *history) oldest() uint64 {
	if size := uint64(len(h.ring)); h.last > size {
		return h.last - size + 1
	}
	return 1
}

// at returns the change of that number, which is between oldest and last.
func (h *history) at(n uint64) Update { return h.ring[n%uint64(len(h.ring))] }
