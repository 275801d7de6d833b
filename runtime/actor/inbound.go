package actor

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/actorgen/actorgen/codec"
)

// inbound is a message that arrives.
type inbound struct {
	peer    *Peer
	env     *Envelope
	payload []byte
	scratch any    // a cell's arguments, as last decoded
	op      uint16 // by which handler of its kind
}

// inboundCall is a call from another proc while it is served. It is the context of its handler's message.
type inboundCall struct {
	peer     *Peer
	id       uint64
	deadline time.Time // zero is none
	origin   string
	session  *session // that it opens, or nil

	canceled atomic.Bool
	mu       sync.Mutex
	done     chan struct{} // made when somebody looks
	err      error
	timer    *time.Timer
}

func (c *inboundCall) Deadline() (time.Time, bool) { return c.deadline, !c.deadline.IsZero() }

func (c *inboundCall) Value(any) any { return nil }

func (c *inboundCall) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done == nil {
		c.done = make(chan struct{})
		if c.err != nil {
			close(c.done)
		} else if !c.deadline.IsZero() {
			c.timer = time.AfterFunc(time.Until(c.deadline), func() { c.end(context.DeadlineExceeded) })
		}
	}
	return c.done
}

func (c *inboundCall) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil && !c.deadline.IsZero() && !time.Now().Before(c.deadline) {
		c.endLocked(context.DeadlineExceeded)
	}
	return c.err
}

func (c *inboundCall) end(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.endLocked(err)
}

func (c *inboundCall) endLocked(err error) {
	if c.err != nil {
		return
	}
	c.err = err
	if c.done != nil {
		close(c.done)
	}
	if c.timer != nil {
		c.timer.Stop()
	}
}

// answer sends the result in f, or err. f may be nil with an error.
func (c *inboundCall) answer(f *GenCall, err error) {
	pe := c.peer
	pe.mu.Lock()
	delete(pe.serving, c.id)
	lost := pe.lost != nil
	pe.mu.Unlock()
	c.end(errReturned)
	if lost || c.canceled.Load() {
		return
	}
	pe.sendAnswer(c.id, f, err, c.origin)
}

func (pe *Peer) sendAnswer(call uint64, f *GenCall, err error, origin string) {
	if err == nil {
		var b []byte
		if b, err = pe.link.Begin(context.Background(), &Envelope{Kind: MessageAnswer, Call: call}); err != nil {
			return // the link is gone
		}
		if b, err = appendResult(pe.link, f, b); err == nil {
			if err = pe.link.Commit(b); err == nil {
				return
			}
		}
		err = NewError(CodeOf(err), fmt.Sprintf("sending the result: %v", err), err)
	}
	pe.sendError(&Envelope{Kind: MessageError, Call: call}, err, origin)
}

// appendResult encodes the result in place. A panic of a type's own encoding is an error.
func appendResult(l Link, f *GenCall, b []byte) (out []byte, err error) {
	done := false
	defer func() {
		if !done {
			l.Abort()
			if p := recover(); p != nil {
				err = NewError(CodeEncode, fmt.Sprintf("encoding panicked: %v", p), nil)
			}
		}
	}()
	out, err = f.outer.(GenWireFrame).AppendResult(b)
	if err != nil {
		return nil, NewError(CodeEncode, err.Error(), err)
	}
	done = true
	return out, nil
}

// receiveInbound decodes a message and queues it.
func (k *GenKind[S, C]) receiveInbound(c *core, op uint16, in *inbound) error {
	a := c.self.(*GenActor[S, C])
	env := in.env
	sender := in.peer.sender(env.From)
	var hs *headers
	if len(env.Headers) > 0 {
		hs = newHeaders(env.Headers)
	}
	h := &k.handlers[op]
	if h.Flags&(GenOneway|GenFramed) == GenOneway {
		return a.receiveCast(op, in, sender, hs)
	}
	frame := k.spec.Frame(op)
	f := frame.GenHead()
	payload := in.payload
	if f.session != nil {
		var bad error
		if payload, bad = f.session.out.readTerms(payload); bad != nil {
			return NewError(CodeDecode, k.what(op)+": "+bad.Error(), bad)
		}
	}
	if err := decodeArgs(frame, payload, c.proc); err != nil {
		f.release()
		return k.errDecode(op, payload, err)
	}
	f.extra.sender, f.extra.headers = sender, hs
	if h.Flags&GenOneway != 0 {
		slot, err := a.reserve(fromLink, nil, op)
		if err != nil {
			f.release()
			return err
		}
		if slot == nil {
			a.undelivered(nil, &f.extra, op, nil, errFull(c, op))
			return nil
		}
		slot.op, slot.extra = op, &f.extra
		a.commit(nil)
		return nil
	}
	return a.receiveCall(op, in, f)
}

func (k *GenKind[S, C]) errDecode(op uint16, payload []byte, err error) error {
	wrapped := codec.Wrap("the arguments of "+k.short+"."+k.handlers[op].Shape, payload, err)
	return NewError(CodeDecode, wrapped.Error(), wrapped)
}

// keptScratch is the size of a payload whose arguments may stay in memory until the link's next message.
const keptScratch = 1 << 10

// receiveCast decodes a cast's arguments and puts them into its cell. They are decoded apart, because a type of the user's
// may decode itself, and the mailbox is locked while its cell is filled. The next message for the same handler sets
// the same fields, and no others, so nothing needs to be cleared between the two.
func (a *GenActor[S, C]) receiveCast(op uint16, in *inbound, sender *remoteSender, hs *headers) error {
	args, ok := in.scratch.(*C)
	if !ok || in.op != op {
		args = new(C)
		in.scratch, in.op = args, op
	}
	if err := a.info.decode(in.payload, op, args, a.proc); err != nil {
		in.scratch = nil
		return a.info.errDecode(op, in.payload, err)
	}
	if len(in.payload) > keptScratch {
		in.scratch = nil
	}
	e := &sender.extra
	if hs != nil {
		e = &extra{headers: hs, sender: sender}
	}
	c, err := a.reserve(fromLink, nil, op)
	if err != nil {
		return err
	}
	if c == nil {
		a.undelivered(nil, e, op, args, errFull(&a.core, op))
		return nil
	}
	c.op, c.extra, c.args = op, e, *args
	a.commit(nil)
	return nil
}

func (a *GenActor[S, C]) receiveCall(op uint16, in *inbound, f *GenCall) error {
	env := in.env
	call := &inboundCall{peer: in.peer, id: env.Call, origin: a.label() + " in proc " + a.proc.name}
	if env.Remaining > 0 {
		call.deadline = time.Now().Add(env.Remaining)
	}
	f.chain = env.Chain
	f.remote, f.ctx = call, call
	if s := f.session; s != nil {
		s.serveFar(call, f.extra.sender, a.info.what(op))
		f.ctx = s.ctx
	}
	if path := a.circleBack(env.Chain); path != nil {
		f.release()
		return NewError(CodeCircle, fmt.Sprintf("%s: waiting in a circle: %s, which waits for this very call",
			a.info.what(op), strings.Join(path, " waits for ")), nil)
	}
	pe := in.peer
	pe.mu.Lock()
	if pe.lost != nil {
		pe.mu.Unlock()
		f.release()
		return nil // nobody is left to answer
	}
	pe.serving[env.Call] = call
	pe.mu.Unlock()
	if err := a.pushCall(fromLink, nil, nil, nil, op, f); err != nil {
		pe.mu.Lock()
		delete(pe.serving, env.Call)
		pe.mu.Unlock()
		f.release()
		return err
	}
	return nil
}
