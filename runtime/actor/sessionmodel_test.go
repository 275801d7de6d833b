package actor_test

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/actorgen/actorgen/runtime/actor"
)

// The model of the model-based tests of sessions: what the two ends of one may see, by the documentation of the public API. Errors are words, as talkWords
// has them. A sessionModel is a plain value: where several things could go on, each order is tried on copies of it.

// A sessionModel is a session with its two ends, what is on its way between them, and the actor that one of them is a handler of.
type sessionModel struct {
	far       bool // the ends are in two procs
	reentrant bool // the handler
	client    clientView
	server    serverView
	host      hostView
	toServer  string // packets, a line each
	toClient  string
	lost      [2]bool // the link, at the client and at the server
	full      [2]bool // there is no room on it
	does      [agents]doing
	answered  bool // the helper has answered
	broken    string
}

// A doing is what somebody does.
type doing struct {
	talkDeed
	begun bool
	away  bool   // the handler waits without its turn
	latch string // what it will return once it has the turn again
	sends bool   // it waits for room on the link
	left  bool   // the context of the wait has ended
	out   string // what it returns
}

// A clientView is a session as its client sees it.
type clientView struct {
	phase    talkPhase
	canceled string // the *Canceled, once it is known here
	mine     bool   // this end has asked
	over     bool
	err      string // "ok" for a result
	in       outlet
	inClosed bool
	leaving  int // values that wait for room on the link
	out      intake
	began    bool // somebody has received
	streamed bool

	timeout  bool
	ctxEnded string // the *Canceled that the opening's context makes of its end
	ctxError string // what Open returns for it
}

// A talkPhase is how far a client has come.
type talkPhase uint8

const (
	phaseNone talkPhase = iota
	phaseCalling
	phaseOpen
	phaseRefused
)

// A serverView is a session as its handler sees it.
type serverView struct {
	serving   bool // the call has come
	begun     bool // the handler
	returned  bool
	opened    bool
	canceled  string
	mine      bool
	over      bool
	err       string
	in        intake
	inClosed  bool
	out       outlet
	outClosed bool // the client receives no more, as far as is known here
	streamed  bool
	timeout   bool   // there is a deadline
	due       bool   // it is over, and is about to be noticed
	late      bool   // it was
	ended     string // why the run has ended that the handler is of
	zombie    bool   // the actor has gone on, or ended, without the handler
}

// An intake is where values wait for their receiver.
type intake struct {
	limit  int
	policy actor.FullPolicy
	waits  string // a byte each
	taken  int    // since the sender was told of room
	unread bool
	lost   int
}

// An outlet is what a sender knows of the other end's intake.
type outlet struct {
	limit  int
	policy actor.FullPolicy
	n      int // sent, and not told to have been taken
}

// full tells whether a value has to wait, or is rejected. Of what it drops the receiver alone knows.
func (p *outlet) full() bool { return p.policy <= actor.FullBlock && p.n >= p.limit }

// batch is after how many values taken the sender is told of them.
func (t *sessionModel) batch(b *intake) int {
	if !t.far {
		return 1
	}
	return max(1, b.limit/2)
}

// arrive takes a value in.
func (t *sessionModel) arrive(b *intake, v byte, room func()) {
	switch {
	case b.unread:
		if b.taken++; b.taken >= t.batch(b) {
			room()
		}
	case len(b.waits) < b.limit:
		b.waits += string([]byte{v})
	case b.policy == actor.FullDropNewest:
		b.lost++
	case b.policy == actor.FullDropOldest:
		b.lost++
		b.taken++
		b.waits = b.waits[1:] + string([]byte{v})
	default:
		t.broken = fmt.Sprintf("value %d comes, and there is no room", v)
	}
}

// pop takes a value out.
func (b *intake) pop() string {
	v := b.waits[0]
	b.waits = b.waits[1:]
	b.taken++
	return "value " + strconv.Itoa(int(v))
}

// send sends a packet to the other end. In one proc it is there at once.
func (t *sessionModel) send(to int, packet string) {
	switch {
	case !t.far:
		t.receive(to, packet)
	case t.lost[1-to]:
	case to == atServer:
		t.toServer += packet + "\n"
	default:
		t.toClient += packet + "\n"
	}
}

// receive has a packet arrive.
func (t *sessionModel) receive(at int, packet string) {
	kind, rest, _ := strings.Cut(packet, " ")
	n, _ := strconv.Atoi(rest)
	c, s := &t.client, &t.server
	if at == atClient {
		if c.phase == phaseRefused || c.over {
			return
		}
		switch kind {
		case "opened":
			c.phase = phaseOpen
			c.in.limit, c.in.policy = readTerms(rest)
		case "out":
			c.streamed = c.streamed || !c.out.unread
			t.arrive(&c.out, byte(n), t.outRoom)
		case "inRoom":
			c.in.n -= n
		case "canceled": // within one proc: else the handler's end tells
			if c.canceled == "" {
				c.canceled = rest
			}
		case "answer":
			t.concludeClient(rest)
		}
		return
	}
	if kind == "call" {
		t.call(rest)
	}
	if !s.serving || s.over {
		return
	}
	switch kind {
	case "in":
		s.streamed = true
		t.arrive(&s.in, byte(n), nil)
	case "inEnd":
		s.inClosed = true
	case "outRoom":
		s.out.n -= n
	case "cancel":
		if s.canceled == "" {
			s.canceled = rest
		}
	}
}

// readTerms returns what "call" and "opened" tell of a queue.
func readTerms(text string) (limit int, policy actor.FullPolicy) {
	first, second, _ := strings.Cut(text, " ")
	limit, _ = strconv.Atoi(first)
	n, _ := strconv.Atoi(second)
	return limit, actor.FullPolicy(n)
}

// outRoom tells the handler that values were taken, inRoom the client.
func (t *sessionModel) outRoom() {
	t.send(atServer, fmt.Sprint("outRoom ", t.client.out.taken))
	t.client.out.taken = 0
}

func (t *sessionModel) inRoom() {
	t.send(atClient, fmt.Sprint("inRoom ", t.server.in.taken))
	t.server.in.taken = 0
}

// call is the call that opens the session, at the actor.
func (t *sessionModel) call(terms string) {
	s, h := &t.server, &t.host
	s.out.limit, s.out.policy = readTerms(terms)
	switch {
	case h.gone && t.far:
		t.send(atClient, "answer not found")
	case !h.accepts():
		t.send(atClient, "answer "+h.stopped())
	default:
		s.serving, s.timeout = true, t.client.timeout
		s.in.limit, s.in.policy = 64, actor.FullBlock
		h.mail += "open\n"
	}
}

// canceling is what becomes of an end's error if the session is canceled there: it is the cancellation if the handler says no more than that.
func canceling(err, canceled string, byServer bool) string {
	if canceled == "" {
		return err
	}
	by, _, _ := strings.Cut(canceled, " !")
	if err == "ok" && byServer || err == "context" || err == canceled || strings.HasPrefix(err+" ", by+" ") {
		return canceled
	}
	return err
}

// conclude ends the session at the handler's end.
func (t *sessionModel) conclude(err string) {
	s := &t.server
	if s.over {
		return
	}
	if err == "ok" && !s.opened {
		err = "misuse"
	}
	s.over, s.err = true, canceling(err, s.canceled, s.mine)
	t.send(atClient, "answer "+s.err)
}

func (t *sessionModel) concludeClient(err string) {
	c := &t.client
	if c.over {
		return
	}
	c.over, c.err = true, canceling(err, c.canceled, !c.mine)
	if c.phase == phaseCalling {
		c.phase = phaseRefused
	}
}

// loseAt ends the link at one end.
func (t *sessionModel) loseAt(end int) {
	if t.lost[end] {
		return
	}
	t.lost[end], t.full[end] = true, false
	if end == atClient {
		if c := &t.client; c.phase == phaseCalling || c.phase == phaseOpen {
			t.concludeClient("unreachable")
		}
	} else if s := &t.server; s.serving && !s.over && s.canceled == "" {
		s.canceled = "canceled by link"
	}
}
