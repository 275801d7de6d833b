package actor

import (
	"fmt"
	"sync"
)

// A Source is a channel whose values are sent to a port: see Pump.
type Source[M any] struct {
	feed
	from  <-chan M
	to    Port[M]
	all   *pumps[M]
	group *pump[M] // under all.mu, as over
	over  bool
}

// Pump sends what comes out of a channel to a port, until the channel is closed or the incarnation ends: a source. An Init that starts it
// starts it again after a restart. It goes no faster than the actor behind the port handles, if that is of this proc: up to 8
// values wait, and the next stays in the channel. Sources that wait share goroutines, so that thousands cost little.
//
// A source with errors, or one that is a function, is for PumpSeq.
func Pump[M any](ctx *Context, to Port[M], from <-chan M) (*Source[M], error) {
	if to.IsZero() {
		return nil, errZeroPort("starting a source")
	}
	if from == nil {
		return nil, NewError(CodeMisuse, "starting a source: the channel is nil", nil)
	}
	p, _, err := ownerOf(ctx)
	s := &Source[M]{from: from, to: to}
	if err == nil {
		s.all = pumpsOf[M](p)
		err = s.start(ctx, ofIncarnation, pumpWindow, s)
	}
	if err != nil {
		return nil, fmt.Errorf("starting a source: %w", err)
	}
	s.all.add(s)
	return s, nil
}

// Stop ends the source. What is in the channel stays there.
func (s *Source[M]) Stop() {
	s.detach()
	s.end(nil)
}

func (s *Source[M]) end(error) {
	s.all.mu.Lock()
	s.over = true
	g := s.group
	s.all.mu.Unlock()
	if g != nil {
		g.look()
	}
}

// pumpSlots is how many sources share a goroutine: as many as its select has cases for.
const pumpSlots = 16

// pumps are the goroutines for a proc's sources of one type.
type pumps[M any] struct {
	mu     sync.Mutex
	groups []*pump[M]
}

// pumpsKey finds a proc's pumps by their type.
type pumpsKey[M any] struct{}

func pumpsOf[M any](p *Proc) *pumps[M] {
	if all, ok := p.typed.Load(pumpsKey[M]{}); ok {
		return all.(*pumps[M])
	}
	all, _ := p.typed.LoadOrStore(pumpsKey[M]{}, &pumps[M]{})
	return all.(*pumps[M])
}

// add gives s to a goroutine with a free slot, or to a new one.
func (all *pumps[M]) add(s *Source[M]) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if s.over { // its owner has ended meanwhile
		return
	}
	for i := len(all.groups) - 1; i >= 0; i-- {
		if g := all.groups[i]; g.used < pumpSlots {
			g.take(s)
			return
		}
	}
	g := &pump[M]{all: all, news: make(chan struct{}, 1)}
	all.groups = append(all.groups, g)
	g.take(s)
	s.proc.sched.wg.Add(1)
	go func() {
		defer s.proc.sched.wg.Done()
		g.run()
	}()
}

// pump is one goroutine that waits for the channels of several sources.
type pump[M any] struct {
	all   *pumps[M]
	slots [pumpSlots]*Source[M] // under all.mu
	used  int                   // the same
	news  chan struct{}         // has room for one: sources have come or gone, or may go on
}

// take puts s in a free slot. It is called under all.mu.
func (g *pump[M]) take(s *Source[M]) {
	for i := range g.slots {
		if g.slots[i] == nil {
			g.slots[i], s.group, s.room = s, g, g.look
			g.used++
			break
		}
	}
	g.look()
}

func (g *pump[M]) look() { knock(g.news) }

// settle clears away the sources that are over and returns the channels of those that may send. It is false when none is left.
func (g *pump[M]) settle(sources *[pumpSlots]*Source[M], in *[pumpSlots]<-chan M) bool {
	g.all.mu.Lock()
	defer g.all.mu.Unlock()
	for i, s := range g.slots {
		if s != nil && s.over {
			g.slots[i], s = nil, nil
			g.used--
		}
		sources[i], in[i] = s, nil
		if s != nil && !s.full() {
			in[i] = s.from
		}
	}
	if g.used > 0 {
		return true
	}
	groups := g.all.groups
	for i := range groups {
		if groups[i] == g {
			groups[i] = groups[len(groups)-1]
			groups[len(groups)-1] = nil
			g.all.groups = groups[:len(groups)-1]
			break
		}
	}
	return false
}

// run waits for whichever source has something next.
func (g *pump[M]) run() {
	var sources [pumpSlots]*Source[M]
	var in [pumpSlots]<-chan M
	for g.settle(&sources, &in) {
		for again := false; !again; {
			var m M
			var ok bool
			i := 0
			select {
			case <-g.news:
				again = true
				continue
			case m, ok = <-in[0]:
			case m, ok = <-in[1]:
				i = 1
			case m, ok = <-in[2]:
				i = 2
			case m, ok = <-in[3]:
				i = 3
			case m, ok = <-in[4]:
				i = 4
			case m, ok = <-in[5]:
				i = 5
			case m, ok = <-in[6]:
				i = 6
			case m, ok = <-in[7]:
				i = 7
			case m, ok = <-in[8]:
				i = 8
			case m, ok = <-in[9]:
				i = 9
			case m, ok = <-in[10]:
				i = 10
			case m, ok = <-in[11]:
				i = 11
			case m, ok = <-in[12]:
				i = 12
			case m, ok = <-in[13]:
				i = 13
			case m, ok = <-in[14]:
				i = 14
			case m, ok = <-in[15]:
				i = 15
			}
			if !sources[i].took(m, ok) {
				in[i] = nil
			}
		}
	}
}

// took sends a value that came out of the source's channel, and those behind it that are there already. It is false if the source
// has to wait, or has ended: then its group is told when to look again.
func (s *Source[M]) took(m M, ok bool) bool {
	for ok {
		if !deliver(&s.feed, s.to, m) {
			break
		}
		if s.full() {
			return false
		}
		select {
		case m, ok = <-s.from:
		default:
			return true
		}
	}
	s.Stop()
	return false
}
