package actor

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"
)

// A session between two procs is a call whose answer is its end. In between, under the call's number, go: MessageOpened to the client, once; values,
// MessageIn to the actor and MessageOut to the client; how many of them were taken, MessageInRoom and MessageOutRoom, to who has sent them;
// MessageInEnd after the last MessageIn; and MessageCancel. A sender keeps to the room that it knows of, so what arrives never waits. The call's
// payload begins with how many values may wait at the client and by which policy, that of MessageOpened with the same for the actor, and with the actor's
// serial, for one that was found by its name.

// A farEnd is the end of a session that is in another proc.
type farEnd struct {
	peer *Peer
	call uint64
}

// send sends a message about the session. fill appends its payload.
func (e *farEnd) send(ctx context.Context, kind MessageKind, fill func(b []byte) ([]byte, error)) (err error) {
	out := outs.Get().(*GenOut)
	defer out.Close()
	out.env.Kind, out.env.Call = kind, e.call
	out.link = e.peer.link
	b, err := out.link.Begin(ctx, &out.env)
	if err != nil {
		return err
	}
	out.open = true // Close takes it back if fill fails, or panics
	if fill != nil {
		if b, err = fill(b); err != nil {
			return err
		}
	}
	out.open = false
	return out.link.Commit(b)
}

// sendCancel tells the other end that this one has canceled. What goes wrong is the link's loss, which ends the session anyway.
func (e *farEnd) sendCancel(c *Canceled) {
	p := e.peer.proc
	_ = e.send(context.Background(), MessageCancel, func(b []byte) ([]byte, error) {
		return appendError(b, travelling(c, "", p.name, &p.errorVars)), nil
	})
}

// sendRoom tells the other end that values were taken.
func (e *farEnd) sendRoom(at end, n int) {
	kind := MessageOutRoom
	if at == serverSide {
		kind = MessageInRoom
	}
	_ = e.send(context.Background(), kind, func(b []byte) ([]byte, error) { return binary.AppendUvarint(b, uint64(n)), nil })
}

// sendEnd tells the actor that nothing more comes.
func (e *farEnd) sendEnd() error { return e.send(context.Background(), MessageInEnd, nil) }

// sendFar sends a value to the other end. If that has to wait for the link, the handler gives up its turn: that of the session, or a reentrant one as its
// client. Another handler, which sends in a turn of its own, keeps it.
func sendFar[T any](s *session, to *stream[T], from end, who waiter, v T) error {
	kind, what, ctx, st := MessageIn, &inOpened, who.ctx, who.cx.yielding()
	switch {
	case from == serverSide:
		kind, what, st = MessageOut, &inSend, s.strand.Load()
		ctx = &st.sends
		if cx := s.actor.running.Load(); cx != nil && !st.holds {
			ctx, st = cx, nil
		}
	case st != nil:
		ctx = &valueContext{Context: who.ctx}
	}
	encode := func(b []byte) ([]byte, error) {
		b, err := to.codec.Append(b, v)
		if err != nil {
			return nil, NewError(CodeEncode, fmt.Sprintf("encoding the value: %v", err), err)
		}
		return b, nil
	}
	err := s.far.send(ctx, kind, encode)
	if err == errWouldWait {
		err = s.sendAway(ctx, st, what, kind, encode)
	}
	if err == nil {
		return nil
	}
	if from == serverSide && CodeOf(err) == CodeUnreachable {
		if c := s.clientLost(err); c != nil {
			return c // as its other methods return
		}
	}
	return NewError(codeOr(err, CodeUnreachable), fmt.Sprintf("%s: sending a value of the session: %v", s.what, err), err)
}

// sendAway waits for the link without the turn. What is sent is encoded before, since it may be part of the actor's state; so the room is used as soon as it is
// there, whoever has the turn by then.
func (s *session) sendAway(ctx context.Context, st *strand, what *string, kind MessageKind, encode func(b []byte) ([]byte, error)) error {
	payload, err := encode(nil)
	if err != nil {
		return err
	}
	if err := st.wait(what); err != nil {
		return err
	}
	defer st.done()
	if !st.suspend() {
		return st.errEnded(*what)
	}
	defer st.resume()
	return s.far.send(&valueContext{ctx, true}, kind, func(b []byte) ([]byte, error) { return append(b, payload...), nil })
}

// clientLost cancels a session on its server's behalf, because the link to its client was lost.
func (s *session) clientLost(err error) *Canceled {
	p := s.proc
	return s.cancelBy(clientSide, peerID{ID{Proc: p.id}, "proc " + p.name + " for the loss of its client"}, err)
}

// openFar opens a session whose client is in another proc. The value is checked first, as its receiver does it.
func openFar[Open any](s *session, c *GenCodec[Open], v Open) error {
	b, err := c.Append(nil, v)
	if err == nil {
		_, err = c.decode(b, s.proc)
	}
	if err != nil {
		return NewError(CodeEncode, fmt.Sprintf("%s: the value that opens the session cannot be sent: %v", s.what, err), err)
	}
	s.mu.Lock()
	if err := s.openable(); err != nil {
		s.mu.Unlock()
		return err
	}
	s.opened = true
	s.frame.chain = nil // as in open
	limit, policy := s.in.limit, s.in.policy
	s.mu.Unlock()
	err = s.far.send(&s.strand.Load().cx, MessageOpened, func(to []byte) ([]byte, error) {
		return append(binary.AppendUvarint(appendTerms(to, limit, policy), s.actor.serial), b...), nil
	})
	if err != nil {
		s.mu.Lock()
		s.opened = false
		s.mu.Unlock()
		return NewError(codeOr(err, CodeUnreachable), fmt.Sprintf("%s: opening the session: %v", s.what, err), err)
	}
	return nil
}

// appendTerms appends how many values may wait, and what becomes of more.
func appendTerms(b []byte, limit int, policy FullPolicy) []byte {
	return append(binary.AppendUvarint(b, uint64(limit)), byte(policy))
}

// readTerms sets what appendTerms has told of a flow, and returns the rest.
func (f *flow) readTerms(b []byte) ([]byte, error) {
	limit, n := binary.Uvarint(b)
	if n <= 0 || n == len(b) || limit < 1 || limit > maxSessionQueue || b[n] > byte(FullDropOldest) {
		return nil, fmt.Errorf("a session's queue that cannot be")
	}
	f.limit, f.policy = int(limit), FullPolicy(b[n])
	return b[n+1:], nil
}

// Open opens a session with an actor in another proc.
func (k *GenKind[S, C]) Open(ctx context.Context, r GenRef, op uint16, f *GenCall) error {
	if !f.through && r.sendIntercepted(ctx) {
		_, err := r.proc.intercept(Outgoing{ref: r, what: k.out(op)}, ctx, func(ctx context.Context) error {
			f.through = true
			return k.Open(ctx, r, op, f)
		})
		return err
	}
	out := outs.Get().(*GenOut)
	defer out.Close()
	link, cx, err := outbound(ctx, r, k.out(op), &out.env)
	if err != nil {
		return err
	}
	s, env, pe := f.session, &out.env, link.Peer()
	if err := s.start(ctx, r.proc, cx, &k.kindInfo, op); err != nil {
		return err
	}
	s.server = peerID{r.to.Value().id, r.String()}
	s.in.far, s.out.fromFar = true, true
	env.Kind = MessageCall
	if deadline, ok := ctx.Deadline(); ok {
		if env.Remaining = time.Until(deadline); env.Remaining <= 0 {
			env.Remaining = 1 // so short that it is over when it arrives
		}
	}
	f.calledFrom(r.proc)
	f.kind, f.op = &k.kindInfo, op
	wait := &edge{call: f}
	if cx != nil {
		wait.serving = cx.call
		if err = cx.beginWait(wait, &k.names[op]); err != nil {
			return s.abandon(err)
		}
		env.Chain = cx.callers()
	}
	if env.Call, err = pe.addCall(f); err == nil {
		s.mu.Lock()
		s.far = &farEnd{pe, env.Call}
		s.mu.Unlock()
		if err = appendCall(ctx, link, env, f); err != nil && pe.takeCall(env.Call) == nil {
			<-f.done // the link was lost meanwhile
		}
	}
	if err != nil {
		cx.endWait(wait)
		return s.abandon(NewError(codeOr(err, CodeUnreachable), fmt.Sprintf("%s: %v", k.what(op), err), err))
	}
	cx.leaveTurn(wait)
	err = pe.awaitCall(ctx, cx, wait, link, env.Call, f)
	cx.retakeTurn(wait)
	return s.abandon(err)
}

// serveFar prepares a session that was opened from another proc.
func (s *session) serveFar(call *inboundCall, sender *remoteSender, what string) {
	pe := call.peer
	s.proc, s.what = pe.proc, what
	s.client = peerID{ID{Proc: pe.id}, "proc " + pe.name}
	if sender != nil && !sender.id.IsZero() {
		s.client = peerID{sender.id, fmt.Sprintf("actor #%d in proc %s", sender.id.Serial, pe.name)}
	}
	s.far = &farEnd{pe, call.id}
	s.in.fromFar, s.out.far = true, true
	s.govern(call)
	call.session = s
}

// receiveAtClient takes a message of a session whose client is here.
func (pe *Peer) receiveAtClient(env *Envelope, payload []byte) error {
	pe.mu.Lock()
	f := pe.calls[env.Call]
	pe.mu.Unlock()
	if f == nil {
		return nil // its client has left
	}
	s := f.session
	if s == nil {
		return fmt.Errorf("a session's message for call %d, which opens none", env.Call)
	}
	switch env.Kind {
	case MessageOpened:
		return s.receiveOpened(payload)
	case MessageInRoom:
		return s.receiveRoom(s.in, payload)
	}
	s.mu.Lock()
	early := !s.opened && f.state.Load() == callWaiting // else the opening was refused, or its client has left
	s.mu.Unlock()
	if early {
		return fmt.Errorf("a value of session %d before it is open", env.Call)
	}
	return s.values.receive(s.out, payload)
}

// receiveAtServer takes a message of a session whose handler is here.
func (pe *Peer) receiveAtServer(env *Envelope, payload []byte) error {
	pe.mu.Lock()
	c := pe.serving[env.Call]
	pe.mu.Unlock()
	if c == nil {
		return nil // its handler has returned
	}
	s := c.session
	if s == nil {
		return fmt.Errorf("a session's message for call %d, which opens none", env.Call)
	}
	if env.Kind == MessageOutRoom {
		return s.receiveRoom(s.out, payload)
	}
	s.mu.Lock()
	amiss := !s.opened || s.in.closed
	if env.Kind == MessageInEnd {
		s.in.closed = true
		s.in.receivers.open()
	}
	s.mu.Unlock()
	if amiss {
		return fmt.Errorf("a value of session %d, or the end of them, before it is open or after their end", env.Call)
	}
	if env.Kind == MessageInEnd {
		return nil
	}
	return s.values.receive(s.in, payload)
}

// receiveOpened completes the opening. A value that cannot be decoded ends the session.
func (s *session) receiveOpened(payload []byte) error {
	s.mu.Lock()
	payload, err := s.readOpened(payload)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	err = s.values.receiveOpening(payload)
	s.mu.Lock()
	if err == nil {
		s.opened = true
	}
	s.settle(err)
	s.mu.Unlock()
	return nil
}

// readOpened takes what comes before the opening value, and returns that. The mutex is held.
func (s *session) readOpened(payload []byte) ([]byte, error) {
	if s.opened {
		return nil, fmt.Errorf("a session that is opened twice")
	}
	payload, err := s.in.readTerms(payload)
	if err != nil {
		return nil, err
	}
	serial, n := binary.Uvarint(payload)
	if n <= 0 || serial == 0 {
		return nil, fmt.Errorf("a session that nobody has opened")
	}
	s.server.id = ID{Proc: s.far.peer.id, Serial: serial}
	return payload[n:], nil
}

// receiveRoom takes how many values the other end has taken.
func (s *session) receiveRoom(f *flow, payload []byte) error {
	taken, n := binary.Uvarint(payload)
	s.mu.Lock()
	defer s.mu.Unlock()
	if n != len(payload) || n <= 0 || taken > uint64(f.n) {
		return fmt.Errorf("%d values of a session were taken, and %d were sent", taken, f.n)
	}
	f.n -= int(taken)
	f.senders.open()
	return nil
}

// receiveCancel cancels a session on behalf of its client in another proc.
func (s *session) receiveCancel(payload []byte) error {
	by, cause := s.client, error(nil)
	if len(payload) > 0 {
		e, bad := readError(payload, &s.proc.errorVars)
		if bad != nil {
			return bad
		}
		cause = e
		if c := isCanceled(e); c != nil {
			by, cause = peerID{c.By, c.Name}, c.Cause
		}
	}
	s.cancelBy(clientSide, by, cause)
	return nil
}
