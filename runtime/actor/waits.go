package actor

import (
	"slices"
	"strings"
)

// An edge says that an actor's handler waits for another actor: for the answer of a call, for room in its mailbox, or for
// its end.
type edge struct {
	to      *core           // nil if the callee is in another proc
	call    *GenCall        // the call waited for
	serving *GenCall        // the call that the waiting handler serves, if it serves one
	room    chan struct{}   // the room waited for, if call is nil
	ended   <-chan struct{} // the end waited for, if there is neither
}

// holds tells whether the edge still holds its actor up: an answered call does not, though the caller may not have
// noticed yet.
func (e edge) holds() bool {
	if e.call != nil {
		return e.call.state.Load() == callWaiting
	}
	select {
	case <-e.room:
		return false
	case <-e.ended:
		return false
	default:
		return true
	}
}

// waitFor publishes an edge before its actor waits, and then looks whether it closes a circle of waits: then it takes
// the edge back and returns an error that names the circle. Of two that close one together at least one sees it,
// because both publish before they look.
func (c *Context) waitFor(e edge) error {
	if c.inline != nil && c.inline.core != nil {
		// The caller's goroutine is this one, so its actor waits as well.
		if err := c.inline.waitFor(edge{to: c.core, room: e.room, ended: e.ended, call: e.call}); err != nil {
			return err
		}
	}
	c.core.publish(e)
	path := c.core.circle(e.to, c.chain())
	if path == nil {
		return nil
	}
	c.waited(e)
	return NewError(CodeCircle, "waiting in a circle: "+strings.Join(path, " waits for ")+
		": have one of them answer before it asks, or ask by a cast", nil)
}

// waited takes an edge back. It does nothing for a sender that is no handler.
func (c *Context) waited(e edge) {
	if c == nil {
		return
	}
	c.core.retract(e)
	if c.inline != nil && c.inline.core != nil {
		c.inline.waited(edge{to: c.core, room: e.room, ended: e.ended, call: e.call})
	}
}

func (c *core) publish(e edge) {
	sd := c.sideOf()
	sd.mu.Lock()
	sd.waits = append(sd.waits, e)
	sd.mu.Unlock()
}

func (c *core) retract(e edge) {
	sd := c.side.Load()
	sd.mu.Lock()
	for i, w := range sd.waits {
		if w.to == e.to && w.call == e.call && w.room == e.room && w.ended == e.ended {
			last := len(sd.waits) - 1
			sd.waits[i], sd.waits[last] = sd.waits[last], edge{}
			sd.waits = sd.waits[:last]
			break
		}
	}
	sd.mu.Unlock()
}

// circle looks for a way along the published edges from an actor back to c, or to one of the actors in chain that wait
// in this proc for something in another that led here. It returns the circle by name, or nil.
func (c *core) circle(to *core, chain []ID) []string {
	if to == nil {
		return nil
	}
	if to == c || slices.Contains(chain, to.id()) {
		return []string{c.label(), to.label()}
	}
	next := to.waitsFor()
	if len(next) == 0 {
		return nil // the common case, without allocation
	}
	search := circleSearch{from: c, chain: chain, seen: map[*core]bool{to: true}}
	for _, n := range next {
		if path := search.visit(n); path != nil {
			slices.Reverse(path)
			return append([]string{c.label(), to.label()}, path...)
		}
	}
	return nil
}

// circleBack returns the way from c to an actor of chain that waits for the call which c is about to get, or nil.
func (c *core) circleBack(chain []ID) []string {
	if len(chain) == 0 {
		return nil
	}
	search := circleSearch{chain: chain, seen: make(map[*core]bool)}
	path := search.visit(c)
	slices.Reverse(path)
	return path
}

type circleSearch struct {
	from  *core
	chain []ID
	seen  map[*core]bool
}

// visit returns the path from at to the search's start, backwards, or nil.
func (s *circleSearch) visit(at *core) []string {
	if at == s.from || slices.Contains(s.chain, at.id()) {
		return []string{at.label()}
	}
	if s.seen[at] {
		return nil
	}
	s.seen[at] = true
	for _, n := range at.waitsFor() {
		if path := s.visit(n); path != nil {
			return append(path, at.label())
		}
	}
	return nil
}

// waitsFor returns the actors of this proc that c waits for now.
func (c *core) waitsFor() []*core {
	sd := c.side.Load()
	if sd == nil {
		return nil
	}
	sd.mu.Lock()
	defer sd.mu.Unlock()
	var all []*core
	for _, e := range sd.waits {
		if e.to != nil && e.holds() {
			all = append(all, e.to)
		}
	}
	return all
}

// callers returns the ids of those that wait for the call that c serves, first caller first and cx's actor last: the
// chain that a call to another proc carries. It goes up along edges that still hold; a caller that has
// left is not waiting.
func (c *Context) callers() []ID {
	up := []ID{c.core.id()}
	call, from := c.call, c.from
	for in := c.inline; in != nil && in.core != nil; in = in.inline {
		up = append(up, in.core.id())
		call, from = in.call, in.from
	}
	for call != nil && from != nil && len(up) < maxChain {
		serving, next, ok := from.waitingIn(call)
		if !ok {
			break
		}
		up = append(up, from.id())
		call, from = serving, next
	}
	slices.Reverse(up)
	return append(slices.Clone(c.chain()), up...)
}

// maxChain bounds the chain of calls that an envelope carries.
const maxChain = 64

// waitingIn returns the call that c's handler serves while it waits for the answer of call, and that one's sender.
func (c *core) waitingIn(call *GenCall) (serving *GenCall, from *core, ok bool) {
	sd := c.side.Load()
	if sd == nil {
		return nil, nil, false
	}
	sd.mu.Lock()
	defer sd.mu.Unlock()
	for _, e := range sd.waits {
		if (e.call == call || e.call == call.mirror && call.mirror != nil) && e.holds() {
			if e.serving == nil {
				return nil, nil, true
			}
			return e.serving, e.serving.from, true
		}
	}
	return nil, nil, false
}
