package actor

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/actorgen/actorgen/codec"
)

// A Peer is another proc as this one sees it over one link: the calls under way in both directions.
// It is for transports.
type Peer struct {
	proc *Proc
	link Link
	id   UUID
	name string

	mu      sync.Mutex
	lastID  uint64
	calls   map[uint64]*GenCall     // sent, and not answered
	serving map[uint64]*inboundCall // received, and not answered
	lost    error

	// Of the link's reader alone.
	senders map[uint64]*remoteSender
	refused map[uint64]*Error // handlers whose schema is not the peer's
	in      inbound
	named   *core // the actor that was last found by its name
}

// NewPeer makes a link's peer. id and name are what the other proc has said of itself.
func (p *Proc) NewPeer(l Link, id UUID, name string) *Peer {
	return &Peer{
		proc: p, link: l, id: id, name: name,
		calls:   make(map[uint64]*GenCall),
		serving: make(map[uint64]*inboundCall),
		refused: make(map[uint64]*Error),
		senders: make(map[uint64]*remoteSender),
	}
}

// remoteSender is who sent a message from another proc.
type remoteSender struct {
	extra extra // for casts without headers
	peer  *Peer
	id    ID
}

// maxSenders bounds the senders that a peer remembers.
const maxSenders = 1 << 14

// sender returns the sender of a received message.
func (pe *Peer) sender(serial uint64) *remoteSender {
	if s := pe.senders[serial]; s != nil {
		return s
	}
	s := &remoteSender{peer: pe}
	s.extra.sender = s
	if serial != 0 {
		s.id = ID{Proc: pe.id, Serial: serial}
	}
	if len(pe.senders) >= maxSenders {
		clear(pe.senders)
	}
	pe.senders[serial] = s
	return s
}

// undelivered sends a cast's failure back to the proc that it came from.
func (s *remoteSender) undelivered(handler, to uint64, err error) {
	s.peer.sendError(&Envelope{Kind: MessageReturn, From: s.id.Serial, Handler: handler, To: to}, err, "")
}

// Receive takes a message off the link. The payload and env are not used after it returns. It never waits. It is
// called by one goroutine at a time, in the order of arrival. An error says that the peer breaks the
// protocol: the link must be closed.
func (pe *Peer) Receive(env *Envelope, payload []byte) error {
	switch env.Kind {
	case MessageCast, MessageCall:
		return pe.receiveMessage(env, payload)
	case MessageAnswer, MessageError:
		return pe.receiveAnswer(env, payload)
	case MessageCancel:
		pe.mu.Lock()
		c := pe.serving[env.Call]
		pe.mu.Unlock()
		if c != nil && c.session != nil {
			return c.session.receiveCancel(payload)
		}
		if c != nil { // else it has been answered meanwhile
			c.canceled.Store(true)
			c.end(context.Canceled)
		}
		return nil
	case MessageOpened, MessageOut, MessageInRoom:
		return pe.receiveAtClient(env, payload)
	case MessageIn, MessageInEnd, MessageOutRoom:
		return pe.receiveAtServer(env, payload)
	case MessageReturn:
		err, bad := readError(payload, &pe.proc.errorVars)
		if bad != nil {
			return bad
		}
		pe.proc.returned(pe, env, err)
		return nil
	}
	return fmt.Errorf("a message of unknown kind %d", env.Kind)
}

func (pe *Peer) receiveMessage(env *Envelope, payload []byte) error {
	if env.Kind == MessageCall {
		pe.mu.Lock()
		_, twice := pe.serving[env.Call]
		pe.mu.Unlock()
		if twice || env.Call == 0 {
			return fmt.Errorf("call %d comes twice, or has no number", env.Call)
		}
	}
	in := &pe.in
	in.peer, in.env, in.payload = pe, env, payload
	if err := pe.deliver(in); err != nil {
		pe.refuse(env, sentBy(pe.nameOf(env.From), err))
	}
	in.env, in.payload = nil, nil
	return nil
}

// deliver finds the actor and the handler.
func (pe *Peer) deliver(in *inbound) error {
	p, env := pe.proc, in.env
	var c *core
	if env.To != 0 {
		c = p.serials.get(env.To)
	} else if c = pe.named; c == nil || c.name != env.ToName || c.st.Load()&(starting|ended) != 0 {
		c = p.names.get(env.ToName)
		pe.named = c
	}
	if c == nil && env.To != 0 && env.Handler == openedPort {
		q := p.openPort(env.To)
		if q == nil {
			return NewError(CodeNotFound, fmt.Sprintf("port #%d of proc %s is closed, or its owner has ended", env.To, p.name), nil)
		}
		if env.Kind != MessageCast {
			return NewError(CodeKind, fmt.Sprintf("#%d of proc %s is a port, and takes no calls", env.To, p.name), nil)
		}
		return q.receiveEncoded(fromLink, in.payload, pe.sender(env.From))
	}
	if c == nil {
		whom := fmt.Sprintf("number %d", env.To)
		if env.To == 0 {
			whom = fmt.Sprintf("name %q", env.ToName)
		}
		return NewError(CodeNotFound, fmt.Sprintf("proc %s has no actor of %s", p.name, whom), nil)
	}
	k := c.kind()
	op, ok := k.byID[env.Handler]
	if !ok {
		return NewError(CodeKind, fmt.Sprintf("%s in proc %s has no such handler: it is of another kind than the ref, or was generated from another version", c.label(), p.name), nil)
	}
	h := &k.handlers[op]
	if (h.Flags&GenOneway != 0) != (env.Kind == MessageCast) {
		return NewError(CodeSchema, fmt.Sprintf("%s is a call on one side and a cast on the other", k.what(op)), nil)
	}
	if env.Schema != 0 && env.Schema != h.Schema {
		pe.refused[env.Handler] = NewError(CodeSchema, fmt.Sprintf("proc %s has %s.%s (schema %016x)", p.name, k.short, h.Shape, h.Schema), nil)
	}
	if err := pe.refused[env.Handler]; err != nil {
		return err
	}
	return k.receive(c, op, in)
}

// nameOf names an actor of the peer, or its proc.
func (pe *Peer) nameOf(serial uint64) string {
	if serial == 0 {
		return "proc " + pe.name
	}
	return fmt.Sprintf("actor #%d in proc %s", serial, pe.name)
}

// sentBy has an error that tells of a payload say whose it was.
func sentBy(from string, err error) error {
	e, ok := err.(*Error)
	if !ok || e.Code != CodeDecode {
		return err
	}
	known, ok := e.cause.(*codec.TypeError)
	if !ok || known.From != "" {
		return err
	}
	own := *known // a decoder of the user's may have made it
	own.From = from
	return NewError(CodeDecode, own.Error(), &own)
}

// refuse answers a message that was not delivered.
func (pe *Peer) refuse(env *Envelope, err error) {
	if env.Kind == MessageCall {
		pe.sendAnswer(env.Call, nil, err, "")
		return
	}
	pe.proc.countDrop(CodeOf(err))
	pe.sendError(&Envelope{Kind: MessageReturn, From: env.From, Handler: env.Handler, To: env.To}, err, "")
}

// receiveAnswer ends a call of this proc.
func (pe *Peer) receiveAnswer(env *Envelope, payload []byte) error {
	f := pe.takeCall(env.Call)
	if f == nil {
		return nil // its caller has left
	}
	if env.Kind == MessageError {
		e, bad := readError(payload, &pe.proc.errorVars)
		if bad != nil {
			f.answer(pe.proc, NewError(CodeDecode, bad.Error(), bad))
			return bad
		}
		if e.Code == CodeSchema {
			e.Text += fmt.Sprintf("; this proc calls it as %s.%s (schema %016x): generate both from one version", f.kind.short,
				f.kind.handlers[f.op].Shape, f.kind.handlers[f.op].Schema)
		}
		if what := f.kind.what(f.op); (e.Code == CodeNotFound || e.Code == CodeKind) && !strings.HasPrefix(e.Text, what) {
			e.Text = what + ": " + e.Text
		}
		f.answer(pe.proc, e)
		return nil
	}
	err := decodeResult(f.outer.(GenWireFrame), payload, pe.proc)
	if err != nil {
		wrapped := codec.Wrap("the result of "+f.kind.what(f.op), payload, err)
		err = sentBy(pe.nameOf(0), NewError(CodeDecode, wrapped.Error(), wrapped))
	}
	f.answer(pe.proc, err)
	return nil
}

// takeCall takes a call that was sent out of the table, so that its taker alone ends it.
func (pe *Peer) takeCall(id uint64) *GenCall {
	pe.mu.Lock()
	defer pe.mu.Unlock()
	f := pe.calls[id]
	delete(pe.calls, id)
	return f
}

// Lost is called once, when the link is gone: it ends the calls under way.
func (pe *Peer) Lost(err error) {
	pe.mu.Lock()
	if pe.lost != nil {
		pe.mu.Unlock()
		return
	}
	pe.lost = err
	calls, serving := pe.calls, pe.serving
	pe.calls, pe.serving = nil, nil
	pe.mu.Unlock()
	for _, f := range calls {
		f.answer(pe.proc, NewError(CodeUnreachable, fmt.Sprintf("%s: the link to proc %s was lost, and whether the call was handled is not known: %v",
			f.kind.what(f.op), pe.name, err), err))
	}
	for _, c := range serving {
		c.canceled.Store(true)
		c.end(context.Canceled)
		if c.session != nil {
			c.session.clientLost(NewError(CodeUnreachable, fmt.Sprintf("the link to proc %s was lost: %v", pe.name, err), err))
		}
	}
}
