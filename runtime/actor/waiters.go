package actor

import "slices"

// knock wakes whoever waits at a channel that has room for one, now or when it comes to look.
func knock(door chan<- struct{}) {
	select {
	case door <- struct{}{}:
	default:
	}
}

// waiters are senders that wait for room in a queue, whose lock guards them. Each waits for its channel to be closed.
type waiters []chan struct{}

// join adds a sender.
func (w *waiters) join() chan struct{} {
	room := make(chan struct{})
	*w = append(*w, room)
	return room
}

// leave forgets one that does not wait any more.
func (w *waiters) leave(room chan struct{}) {
	if i := slices.Index(*w, room); i >= 0 {
		*w = slices.Delete(*w, i, i+1)
	}
}

// admit wakes all of them.
func (w *waiters) admit() {
	for _, room := range *w {
		close(room)
	}
	*w = nil
}
