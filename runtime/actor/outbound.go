package actor

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Local returns the actor that a ref names if it is of this kind and lives in the proc that the ref works from, else nil.
func (k *GenKind[S, C]) Local(r GenRef) *GenActor[S, C] {
	if r.proc == nil || r.IsZero() {
		return nil
	}
	t := r.to.Value()
	return k.of(r.proc.find(&t))
}

// find returns the actor of this proc that t names, or nil.
func (p *Proc) find(t *target) *core {
	switch {
	case t.id.Serial != 0 && t.id.Proc == p.id:
		return p.serials.get(t.id.Serial)
	case t.id.Serial == 0 && p.owns(t.address):
		return p.names.get(t.name)
	}
	return nil
}

// An outHandler is the handler in another proc that a message is for.
type outHandler struct {
	id, schema uint64
	kind       *kindInfo // with op; nil for a port, whose actor's kind need not be known here
	op         uint16
	through    bool // the interceptors of its sending have let it through
}

// out is one of the kind's handlers in another proc.
func (k *kindInfo) out(op uint16) outHandler {
	return outHandler{id: k.handlers[op].ID, schema: k.handlers[op].Schema, kind: k, op: op}
}

func (h outHandler) what() string {
	if h.kind == nil {
		return "sending to a port"
	}
	return h.kind.what(h.op)
}

// outbound finds the link for a message, and fills env with what the ref and ctx tell.
func outbound(ctx context.Context, r GenRef, h outHandler, env *Envelope) (Link, *Context, error) {
	if r.proc == nil || r.IsZero() {
		return nil, nil, errUnbound(h.what())
	}
	if ctx.Err() != nil {
		return nil, nil, contextError(h.what(), ctx)
	}
	p, t := r.proc, r.to.Value()
	if t.id.Proc == p.id || t.id.Serial == 0 && p.owns(t.address) {
		if c := p.find(&t); c != nil && h.kind != nil && c.kind() != h.kind {
			return nil, nil, h.kind.errKind(c)
		}
		return nil, nil, NewError(CodeNotFound, fmt.Sprintf("%s: proc %s has no such actor: %v", h.what(), p.name, r), nil)
	}
	if p.transport == nil {
		return nil, nil, NewError(CodeUnreachable, fmt.Sprintf("%s: %v is in another proc, and proc %s has no transport: start it with remote.Listen or remote.Enable",
			h.what(), r, p.name), nil)
	}
	if h.kind != nil {
		p.learn(h.kind)
	}
	cx, hs := originOf(ctx)
	if cx != nil {
		env.From = cx.core.serial
		p.expose(cx.core)
	}
	link, err := p.transport.Link(ctx, t.address, t.id.Proc)
	if err != nil {
		return nil, nil, NewError(codeOr(err, CodeUnreachable), fmt.Sprintf("%s: %v", h.what(), err), err)
	}
	env.To, env.ToName = t.id.Serial, t.name
	env.Handler, env.Schema = h.id, h.schema
	env.Headers = hs.all()
	return link, cx, nil
}

func codeOr(err error, code Code) Code {
	if c := CodeOf(err); c != CodeUnknown {
		return c
	}
	return code
}

// expose lets an actor be found by its number, for what comes back to it.
func (p *Proc) expose(c *core) {
	if sd := c.side.Load(); sd == nil || !sd.exposed.Load() {
		c.ref()
	}
}

// GenOut is a cast to another proc, being written in its link's buffer.
type GenOut struct {
	env  Envelope
	link Link
	buf  []byte
	to   outHandler
	open bool

	waiting *waitingCast // instead of a link, if its sending is intercepted
}

var outs = sync.Pool{New: func() any { return new(GenOut) }}

// Cast begins a cast to another proc. The caller appends the arguments to Buffer, gives them to Send, and defers Close.
func (k *GenKind[S, C]) Cast(ctx context.Context, r GenRef, op uint16) (*GenOut, error) {
	return beginCast(ctx, r, k.out(op))
}

func beginCast(ctx context.Context, r GenRef, h outHandler) (*GenOut, error) {
	out := outs.Get().(*GenOut)
	if !h.through && r.sendIntercepted(ctx) {
		out.to, out.waiting = h, &waitingCast{ctx, r}
		return out, nil
	}
	link, _, err := outbound(ctx, r, h, &out.env)
	if err != nil {
		out.Close()
		return nil, err
	}
	out.env.Kind = MessageCast
	out.link, out.to = link, h
	out.buf, err = link.Begin(ctx, &out.env)
	if err != nil {
		out.Close()
		return nil, NewError(codeOr(err, CodeUnreachable), fmt.Sprintf("%s: %v", h.what(), err), err)
	}
	out.open = true
	return out, nil
}

// Buffer returns what the arguments are appended to.
func (o *GenOut) Buffer() []byte { return o.buf }

// Send ends the cast with what the encoder of the arguments has returned.
func (o *GenOut) Send(b []byte, err error) error {
	if o.waiting != nil {
		return o.waiting.send(o.to, b, err)
	}
	if err != nil {
		return NewError(CodeEncode, fmt.Sprintf("%s: encoding the arguments: %v", o.to.what(), err), err) // Close takes it back
	}
	o.open = false
	return o.link.Commit(b)
}

// Close takes the cast back if it was not sent: the encoder has failed, or panicked.
func (o *GenOut) Close() {
	if o.open {
		o.link.Abort()
	}
	*o = GenOut{}
	outs.Put(o)
}

// Call sends a call to another proc and waits for its answer. With an error the frame is not the caller's any more.
func (k *GenKind[S, C]) Call(ctx context.Context, r GenRef, op uint16, f *GenCall) error {
	if !f.through && r.sendIntercepted(ctx) {
		return k.callIntercepted(ctx, r, op, f)
	}
	out := outs.Get().(*GenOut)
	defer out.Close()
	link, cx, err := outbound(ctx, r, k.out(op), &out.env)
	if err != nil {
		f.release()
		return err
	}
	env := &out.env
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
			f.release()
			return err
		}
		env.Chain = cx.callers()
	}
	pe := link.Peer()
	if env.Call, err = pe.addCall(f); err == nil {
		if err = appendCall(ctx, link, env, f); err != nil {
			if pe.takeCall(env.Call) == nil {
				<-f.done // the link was lost meanwhile: f has its error
			}
		}
	}
	if err != nil {
		cx.endWait(wait)
		f.release()
		return NewError(codeOr(err, CodeUnreachable), fmt.Sprintf("%s: %v", k.what(op), err), err)
	}
	cx.leaveTurn(wait)
	err = pe.awaitCall(ctx, cx, wait, link, env.Call, f)
	cx.retakeTurn(wait)
	return err
}

// addCall numbers a call and notes it.
func (pe *Peer) addCall(f *GenCall) (uint64, error) {
	pe.mu.Lock()
	defer pe.mu.Unlock()
	if pe.lost != nil {
		return 0, NewError(CodeUnreachable, fmt.Sprintf("the link to proc %s was lost: %v", pe.name, pe.lost), pe.lost)
	}
	pe.lastID++
	pe.calls[pe.lastID] = f
	return pe.lastID, nil
}

// appendCall writes a call in its link's buffer.
func appendCall(ctx context.Context, link Link, env *Envelope, f *GenCall) (err error) {
	b, err := link.Begin(ctx, env)
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			link.Abort()
			if p := recover(); p != nil {
				err = NewError(CodeEncode, fmt.Sprintf("encoding the arguments panicked: %v", p), nil)
			}
		}
	}()
	if s := f.session; s != nil {
		b = appendTerms(b, s.out.limit, s.out.policy)
	}
	b, err = f.outer.(GenWireFrame).AppendArgs(b)
	if err != nil {
		return NewError(CodeEncode, fmt.Sprintf("encoding the arguments: %v", err), err)
	}
	done = true
	return link.Commit(b)
}

// awaitCall waits for the answer. If ctx ends first, the other proc is told.
func (pe *Peer) awaitCall(ctx context.Context, cx *Context, e *edge, link Link, id uint64, f *GenCall) error {
	kind, op := f.kind, f.op
	select {
	case <-f.done:
		cx.waited(e)
		return f.take(cx)
	case <-ctx.Done():
	case <-e.strand.over():
	}
	cx.waited(e)
	if pe.takeCall(id) == nil {
		<-f.done // the answer came first
		return f.take(cx)
	}
	f.release()
	if f.session == nil { // that of a session says more: see abandon
		if b, err := link.Begin(context.Background(), &Envelope{Kind: MessageCancel, Call: id}); err == nil {
			link.Commit(b)
		}
	}
	if e.strand.isOver() {
		return e.strand.errEnded(kind.what(op))
	}
	return contextError(kind.what(op), ctx)
}

// returned takes back a cast that was not delivered.
func (p *Proc) returned(pe *Peer, env *Envelope, err *Error) {
	u := &Undelivered{Target: "an actor in proc " + pe.name, Err: err}
	if env.To != 0 {
		u.To = ID{Proc: pe.id, Serial: env.To}
	}
	if name, ok := p.handlers.Load(env.Handler); ok {
		u.Handler = name.(string)
	}
	p.countDrop(err.Code)
	p.tellUndelivered(p.serialOf(env.From), u)
}

func (p *Proc) serialOf(serial uint64) *core {
	if serial == 0 {
		return nil
	}
	return p.serials.get(serial)
}

// ReportUnsent reports a message that was accepted for a link and never written to it. It is for transports.
func (p *Proc) ReportUnsent(env *Envelope, err error) {
	if env.Kind != MessageCast {
		return // a call's caller hears of it by Peer.Lost
	}
	u := &Undelivered{Target: "an actor in another proc", Err: NewError(codeOr(err, CodeUnreachable), err.Error(), err)}
	if env.ToName != "" {
		u.Target = "actor " + string([]byte(env.ToName)) + " in another proc"
	}
	if name, ok := p.handlers.Load(env.Handler); ok {
		u.Handler = name.(string)
	}
	p.countDrop(CodeUnreachable)
	p.tellUndelivered(p.serialOf(env.From), u)
}
