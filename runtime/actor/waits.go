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
	strand  *strand         // that waits, if it has given up the turn for it
	session *session        // the session whose other end is waited for, if it is that
	gate    *gate           // where, in the session
}

// holds tells whether the edge still holds its actor up: an answered call does not, nor what has come in a session, though who waits may not have
// noticed yet.
func (e *edge) holds() bool {
	if e.call != nil {
		return e.call.state.Load() == callWaiting
	}
	if e.session != nil {
		return !e.gate.woken.Load()
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
func (c *Context) waitFor(e *edge) error {
	if c.inline != nil && c.inline.core != nil {
		// The caller's goroutine is this one, so its actor waits as well.
		if err := c.inline.waitFor(&edge{to: c.core, room: e.room, ended: e.ended, call: e.call}); err != nil {
			return err
		}
	}
	c.core.publish(e)
	path := c.core.circle(e, c.chain())
	if path == nil || !e.holds() { // what is waited for has come before the other waited in turn
		return nil
	}
	c.waited(e)
	return NewError(CodeCircle, "waiting in a circle: "+strings.Join(path, " waits for ")+
		": have one of them answer before it asks, or ask by a cast", nil)
}

// waited takes an edge back. It does nothing for a sender that is no handler.
func (c *Context) waited(e *edge) {
	if c == nil {
		return
	}
	c.core.retract(e)
	if c.inline != nil && c.inline.core != nil {
		c.inline.waited(&edge{to: c.core, room: e.room, ended: e.ended, call: e.call})
	}
}

func (c *core) publish(e *edge) {
	sd := c.sideOf()
	sd.mu.Lock()
	sd.waits = append(sd.waits, *e)
	sd.mu.Unlock()
}

func (c *core) retract(e *edge) {
	sd := c.side.Load()
	sd.mu.Lock()
	for i := range sd.waits {
		if w := &sd.waits[i]; w.to == e.to && w.call == e.call && w.room == e.room && w.ended == e.ended && w.gate == e.gate {
			last := len(sd.waits) - 1
			sd.waits[i], sd.waits[last] = sd.waits[last], edge{}
			sd.waits = sd.waits[:last]
			break
		}
	}
	sd.mu.Unlock()
}

// A station is what waits, and is waited for: an actor's turn, a handler that has given it up, or a session's handler in another proc.
type station struct {
	core   *core
	strand *strand  // nil for the turn
	far    *session // its handler, if there is no core
}

// label names the actor.
func (at station) label() string {
	if at.core == nil {
		return at.far.server.name
	}
	return at.core.label()
}

// station returns what the edge leads to: first of all the turn of an actor. It is false for a call to another proc, of which nothing is known here.
func (e *edge) station() (at station, known bool) {
	if e.to == nil {
		return station{far: e.session}, e.session != nil
	}
	return station{core: e.to}, true
}

// circle looks for a way along the published edges from e, which is one of c's, back to who waits there, or to the turn of one of the actors in chain
// that wait in this proc for something in another that led here. It returns the circle by name, or nil.
func (c *core) circle(e *edge, chain []ID) []string {
	first, known := e.station()
	if !known {
		return nil
	}
	search := circleSearch{from: station{core: c, strand: e.strand}, chain: chain}
	if search.ends(first) {
		return []string{c.label(), first.label()}
	}
	next := first.waitsFor()
	if len(next) == 0 && e.served() == nil {
		return nil // the common case, without allocation
	}
	search.seen = map[station]bool{first: true}
	if st := e.served(); st != nil {
		next = append(next, station{core: e.to, strand: st})
	}
	for _, n := range next {
		if path := search.visit(n); path != nil {
			slices.Reverse(path)
			return append([]string{c.label(), first.label()}, path...)
		}
	}
	return nil
}

// circleBack returns the way from c to an actor of chain that waits for the call which c is about to get, or nil.
func (c *core) circleBack(chain []ID) []string {
	if len(chain) == 0 {
		return nil
	}
	search := circleSearch{chain: chain, seen: make(map[station]bool)}
	path := search.visit(station{core: c})
	slices.Reverse(path)
	return path
}

type circleSearch struct {
	from  station
	chain []ID
	seen  map[station]bool
}

// ends tells whether the search is at its end.
func (s *circleSearch) ends(at station) bool {
	switch {
	case at.core == nil: // it needs its actor's turn
		return slices.Contains(s.chain, at.far.server.id)
	case at.strand == nil && slices.Contains(s.chain, at.core.id()):
		return true
	}
	return at == s.from
}

// visit returns the path from at to the search's end, backwards, or nil.
func (s *circleSearch) visit(at station) []string {
	if s.ends(at) {
		return []string{at.label()}
	}
	if s.seen[at] {
		return nil
	}
	s.seen[at] = true
	for _, n := range at.waitsFor() {
		if path := s.visit(n); path != nil {
			if n.core == at.core {
				return path // the turn, and a handler that needs it
			}
			return append(path, at.label())
		}
	}
	return nil
}

// served returns the handler that has given up its turn while it serves what the edge waits for, or nil.
func (e *edge) served() *strand {
	switch {
	case e.call != nil:
		return e.call.strand.Load()
	case e.session != nil:
		return e.session.strand.Load()
	}
	return nil
}

// waitsFor returns what is waited for there now, in this proc: an actor's turn, and the handler that serves the call if that has begun.
func (at station) waitsFor() []station {
	if at.core == nil {
		return nil
	}
	sd := at.core.side.Load()
	if sd == nil {
		return nil
	}
	sd.mu.Lock()
	defer sd.mu.Unlock()
	var all []station
	for i := range sd.waits {
		e := &sd.waits[i]
		next, known := e.station()
		if e.strand != at.strand || !known || !e.holds() {
			continue
		}
		all = append(all, next)
		if st := e.served(); st != nil {
			all = append(all, station{core: e.to, strand: st})
		}
	}
	return all
}

// callers returns the ids of those that wait, with their turn, for the call that c serves, first caller first and cx's actor last: the
// chain that a call to another proc carries. It goes up along edges that still hold; a caller that has
// left is not waiting.
func (c *Context) callers() []ID {
	var up []ID
	if c.yielding() == nil {
		up = append(up, c.core.id())
	}
	call, from := c.call, c.from
	for in := c.inline; in != nil && in.core != nil; in = in.inline {
		up = append(up, in.core.id())
		call, from = in.call, in.from
	}
	for n := 0; call != nil && from != nil && n < maxChain; n++ {
		e, ok := from.waitingIn(call)
		if !ok {
			break
		}
		if e.strand == nil {
			up = append(up, from.id())
		}
		if call, from = e.serving, nil; call != nil {
			from = call.from
		}
	}
	slices.Reverse(up)
	return append(slices.Clone(c.chain()), up...)
}

// maxChain bounds the chain of calls that an envelope carries.
const maxChain = 64

// waitingIn returns the edge of c's handler that waits for the answer of call.
func (c *core) waitingIn(call *GenCall) (e edge, ok bool) {
	sd := c.side.Load()
	if sd == nil {
		return edge{}, false
	}
	sd.mu.Lock()
	defer sd.mu.Unlock()
	for i := range sd.waits {
		e := &sd.waits[i]
		if (e.call == call || e.call == call.mirror && call.mirror != nil) && e.holds() {
			return *e, true
		}
	}
	return edge{}, false
}
