package actor_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/actorgen/actorgen/runtime/actor"
)

// What is done in a random session, and how that is made: as plain values, so that the runtime and the model can both follow them, and a run that fails can be
// printed and made smaller.

// Who does something, and what else goes on by itself.
const (
	theHandler = iota
	firstClient
	secondClient
	theOther // another handler of the actor
	agents
)

const (
	theHost  = agents + iota // the actor, between handlers
	theWatch                 // of the opening's context
	theClock                 // of its deadline, at the handler's end
	steppers
	theDriver = agents // of a deed: it is the test's
)

// A talkKind is what kind of a deed it is.
type talkKind uint8

const (
	noDeed talkKind = iota

	handlerQueues
	handlerOpens
	handlerSends
	handlerReceives
	handlerCancels
	handlerAsks // calls another actor
	handlerReturnsResult
	handlerReturnsLast // the last error that it got
	handlerReturnsOwn
	handlerFails  // by Fatal
	handlerPanics // and
	handlerExits  // by Goexit

	clientOpens
	clientSends
	clientReceives
	clientClosesSend
	clientClosesRecv
	clientResults
	clientCancels
	clientCloses

	otherEchoes
	otherFails
	otherSends
	otherCancels

	arriveAtServer
	arriveAtClient
	roomAtServer
	roomAtClient
	turnReleased  // by the other handler that has taken it
	helperAnswers // the other actor does
	fullAtServer  // there is no room on the link
	fullAtClient
	loseAtServer
	loseAtClient
	leaveFirst  // the context of the first client's wait ends
	leaveSecond // and
	endContext  // of the opening
	timePasses  // until whatever is bounded by time has come about
	turnHeld    // another handler takes the turn
	stopNow
	stopDrain
	stopKill
	restart
	kinds
)

var talkKindNames = [kinds]string{"nothing", "handler queues", "handler opens", "handler sends", "handler receives", "handler cancels", "handler asks",
	"handler returns a result", "handler returns its last error", "handler returns its own error", "handler returns Fatal", "handler panics",
	"handler ends its goroutine", "client opens", "client sends", "client receives", "client closes its sending", "client closes its receiving",
	"client asks for the result", "client cancels", "client closes", "other handler echoes", "other handler panics", "other handler sends",
	"other handler cancels", "arrival at the server", "arrival at the client", "room at the server", "room at the client",
	"release", "answer", "no room at the server", "no room at the client", "loss at the server", "loss at the client", "first client leaves",
	"second client leaves", "opening's context ends", "pause", "hold", "stop now", "drain", "kill", "restart"}

func (k talkKind) String() string { return talkKindNames[k] }

// A talkDeed is one thing that somebody does.
type talkDeed struct {
	kind    talkKind
	by      int
	n       int // a value, or a cause
	limit   int
	policy  actor.FullPolicy
	timeout bool
	word    string // the error that the handler returns: the last it got
}

func (d talkDeed) String() string {
	text := d.kind.String()
	if d.by == secondClient {
		text = "second " + text
	}
	switch d.kind {
	case handlerQueues, clientOpens:
		text += fmt.Sprintf(" %d, policy %d", d.limit, d.policy)
		if d.timeout {
			text += ", with a deadline"
		}
	default:
		if d.n != 0 {
			text += fmt.Sprint(" ", d.n)
		}
	}
	return text
}

// err is the word for what the handler returns.
func (d *talkDeed) err() string {
	switch d.kind {
	case handlerReturnsLast:
		if d.word == "EOF" { // which is no end of the stream for the client
			return "error EOF"
		}
		return d.word
	case handlerReturnsOwn, handlerFails:
		return fmt.Sprint("own ", d.n)
	case handlerPanics, handlerExits:
		return "panic " + d.failure()
	}
	return "ok"
}

// failure is what errors say that have to do with the actor's failure.
func (d *talkDeed) failure() string {
	switch d.kind {
	case handlerExits:
		return "goroutine was ended"
	case handlerFails:
		return "too much"
	}
	return fmt.Sprintf("!m%d", d.n)
}

// A talkGenerator makes deeds.
type talkGenerator struct {
	rng     *rand.Rand
	n       int
	opened  bool   // the handler has, as far as is known here
	returns int    // how soon it returns
	wild    int    // how much of the driver's is more than arrivals
	narrow  int    // how often there is no room on the link, or who waits leaves
	sends   [2]int // how much of what the client, and the handler, does is sending, and not receiving
}

// talkDeeds returns the deeds of a random session. Whoever is busy when its time comes does the deed when it next is.
func talkDeeds(seed uint64) (deeds []talkDeed) {
	g := talkGenerator{rng: rand.New(rand.NewPCG(seed, 3))}
	g.returns, g.wild, g.narrow = []int{1, 1, 5}[g.rng.IntN(3)], []int{0, 2, 8}[g.rng.IntN(3)], []int{0, 0, 15}[g.rng.IntN(3)]
	for end := range g.sends {
		g.sends[end] = []int{15, 40, 65}[g.rng.IntN(3)]
	}
	deeds = append(deeds, talkDeed{kind: clientOpens, by: firstClient, limit: g.limit(), policy: g.policy(), timeout: g.chance(15)})
	who := []int{5 + g.rng.IntN(35), 15 + g.rng.IntN(20), g.rng.IntN(30), g.rng.IntN(4), 10 + g.rng.IntN(60)}
	if g.chance(55) {
		deeds = append(deeds, g.deed(arriveAtServer), g.deed(handlerOpens), g.deed(arriveAtClient))
		g.opened = true
	}
	length, special := 60+g.rng.IntN(120), g.special()
	at := g.rng.IntN(length / 2)
	for n := range length {
		if n == at {
			for _, kind := range special {
				deeds = append(deeds, g.deed(kind))
			}
		}
		switch by := g.weighted(who...); by {
		case theHandler:
			deeds = append(deeds, g.deed(g.handlers()))
		case theOther:
			deeds = append(deeds, g.deed(otherEchoes+talkKind(g.weighted(50, 5, 30, 15))))
		case theDriver:
			deeds = append(deeds, g.deed(g.drivers()))
		default:
			d := g.deed(clientSends + talkKind(g.weighted(g.sends[atClient], 80-g.sends[atClient], 3, 1, 2, 2, 2)))
			d.by = by
			deeds = append(deeds, d)
		}
	}
	return deeds
}

// special brings some sessions into a state that is rare by chance, and then does any one thing.
func (g *talkGenerator) special() []talkKind {
	anything := handlerQueues + talkKind(g.rng.IntN(int(kinds-handlerQueues)))
	if anything == clientOpens || g.chance(40) {
		anything = handlerReturnsResult + talkKind(g.rng.IntN(6))
	}
	switch g.rng.IntN(16) {
	case 0, 1, 2:
		return []talkKind{clientClosesSend, clientClosesRecv, anything}
	case 3:
		return []talkKind{clientCancels, anything}
	case 4:
		return []talkKind{handlerCancels, anything}
	case 5:
		return []talkKind{stopKill, anything}
	case 6:
		return []talkKind{stopNow, timePasses, anything}
	}
	return nil
}

// deed returns a deed of a kind.
func (g *talkGenerator) deed(kind talkKind) talkDeed {
	d := talkDeed{kind: kind, by: theDriver}
	switch {
	case kind < clientOpens:
		d.by = theHandler
	case kind < otherEchoes:
		d.by = firstClient
	case kind < arriveAtServer:
		d.by = theOther
	}
	if kind == handlerQueues {
		d.limit, d.policy = g.limit(), g.policy()
	}
	if g.n++; g.n < 200 && !((kind == clientCancels || kind == handlerCancels) && g.chance(20)) {
		d.n = g.n
	}
	return d
}

func (g *talkGenerator) chance(n int) bool { return g.rng.IntN(100) < n }

// weighted returns an index, by weights.
func (g *talkGenerator) weighted(weights ...int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	n := g.rng.IntN(sum)
	for i, w := range weights {
		if n -= w; n < 0 {
			return i
		}
	}
	panic("no weights")
}

// limit is how long a queue is: mostly so short that it gets full.
func (g *talkGenerator) limit() int {
	return []int{1, 1, 2, 3, 4, 5, 64, 0}[g.weighted(20, 10, 20, 15, 15, 10, 8, 2)]
}

func (g *talkGenerator) policy() actor.FullPolicy {
	return []actor.FullPolicy{actor.FullBlock, actor.FullReject, actor.FullDropNewest, actor.FullDropOldest}[g.weighted(55, 15, 15, 15)]
}

func (g *talkGenerator) handlers() talkKind {
	if !g.opened {
		kind := handlerQueues + talkKind(g.weighted(25, 60, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1))
		g.opened = kind == handlerOpens
		return kind
	}
	if g.chance(g.returns) {
		return handlerReturnsResult + talkKind(g.weighted(10, 12, 4, 3, 3, 3))
	}
	return handlerQueues + talkKind(g.weighted(2, 2, g.sends[atServer], 80-g.sends[atServer], 2, 5))
}

func (g *talkGenerator) drivers() talkKind {
	if g.chance(g.narrow) {
		return []talkKind{fullAtServer, fullAtClient, leaveFirst, leaveSecond}[g.rng.IntN(4)]
	}
	if g.chance(g.wild) {
		return fullAtServer + talkKind(g.weighted(7, 7, 4, 4, 8, 8, 8, 10, 12, 7, 3, 7, 7))
	}
	return arriveAtServer + talkKind(g.weighted(42, 42, 5, 5, 3, 5))
}

// talkList prints deeds, one a line.
func talkList(deeds []talkDeed) string {
	var b strings.Builder
	for i, d := range deeds {
		fmt.Fprintf(&b, "%3d  %v\n", i+1, d)
	}
	return b.String()
}
