package actor

import (
	"context"
	"fmt"

	"github.com/tinylib/msgp/msgp"
)

// GenPortRef names the cast behind a port from anywhere. It is for generated code, as all of this file.
type GenPortRef struct {
	Ref     GenRef
	Handler uint64 // its id
	Schema  uint64
}

// GenSendablePort is a port that can be sent in messages.
type GenSendablePort interface{ GenPortRef() GenPortRef }

// PortRef names the port of one of the kind's casts.
func (k *GenKind[S, C]) PortRef(r GenRef, op uint16) GenPortRef {
	return GenPortRef{Ref: r, Handler: k.handlers[op].ID, Schema: k.handlers[op].Schema}
}

// GenPortArgs encodes what is sent to a port as its cast's arguments. It must be comparable.
type GenPortArgs[M any] interface {
	AppendArgs(b []byte, m M) ([]byte, error)
}

// portRef is what names the port, if it can be sent in messages. The zero port can.
func (p Port[M]) portRef() (ref GenPortRef, ok bool) {
	if p.to == nil {
		return ref, true
	}
	to, ok := p.to.(GenSendablePort)
	if !ok {
		return ref, false
	}
	return to.GenPortRef(), true
}

// MarshalMsg appends the port as an array of its actor's ref, its cast's id and schema; one that leads nowhere as an empty array.
func (p Port[M]) MarshalMsg(b []byte) ([]byte, error) {
	ref, ok := p.portRef()
	switch {
	case !ok:
		return b, NewError(CodeEncode, "the port works in its own proc only", nil)
	case ref.Ref.IsZero():
		return msgp.AppendArrayHeader(b, 0), nil
	}
	b, err := ref.Ref.MarshalMsg(msgp.AppendArrayHeader(b, 3))
	b = msgp.AppendUint64(b, ref.Handler)
	return msgp.AppendUint64(b, ref.Schema), err
}

// UnmarshalMsg reads a port. It is bound to no proc until BindPort.
func (p *Port[M]) UnmarshalMsg(b []byte) ([]byte, error) {
	*p = Port[M]{}
	n, b, err := readTuple(b, 3)
	if err != nil || n == 0 {
		return b, err
	}
	var to GenPortRef
	if b, err = to.Ref.UnmarshalMsg(b); err != nil {
		return b, err
	}
	if to.Ref.IsZero() {
		return b, fmt.Errorf("a port names no actor")
	}
	if to.Handler, b, err = msgp.ReadUint64Bytes(b); err != nil {
		return b, err
	}
	if to.Schema, b, err = msgp.ReadUint64Bytes(b); err != nil {
		return b, err
	}
	if b, err = skipRest(b, n-3); err != nil {
		return b, err
	}
	p.to = wirePort[M]{to: to}
	return b, nil
}

// Msgsize is an upper bound of the encoded size in bytes.
func (p Port[M]) Msgsize() int {
	ref, _ := p.portRef()
	return msgp.ArrayHeaderSize + ref.Ref.Msgsize() + 2*msgp.Uint64Size
}

// BindPort makes a decoded port work from proc. Generated code calls it, with what encodes the values.
func (p *Port[M]) BindPort(proc *Proc, args GenPortArgs[M]) {
	if to, ok := p.to.(wirePort[M]); ok {
		to.to.Ref.BindRefs(proc)
		to.args = args
		p.to = to
	}
}

// A wirePort is a port that came in a message.
type wirePort[M any] struct {
	to   GenPortRef
	args GenPortArgs[M]
}

// GenPortRef names the port, so that it can be sent on.
func (p wirePort[M]) GenPortRef() GenPortRef { return p.to }

// Send encodes the value, also for an actor of this proc: the port does not know of which kind that is.
func (p wirePort[M]) Send(ctx context.Context, m M) error {
	to, proc := outHandler{id: p.to.Handler, schema: p.to.Schema}, p.to.Ref.proc
	if proc == nil || p.args == nil {
		return NewError(CodeUnbound, to.what()+": it was decoded outside of a proc: take it from a handle's Ports, or from a message that a handler received", nil)
	}
	t := p.to.Ref.to.Value()
	c, opened := proc.find(&t), wirePortQueue(nil)
	if c == nil && p.to.Handler == openedPort && t.id.Proc == proc.id {
		if opened = proc.openPort(t.id.Serial); opened == nil {
			return NewError(CodeStopped, "the port is closed, or its owner has ended", nil)
		}
	}
	if c != nil || opened != nil {
		b, err := p.args.AppendArgs(nil, m)
		if err != nil {
			return NewError(CodeEncode, fmt.Sprintf("%s: encoding the value: %v", to.what(), err), err)
		}
		if opened != nil {
			return opened.receiveEncoded(ctx, b, nil)
		}
		return c.castEncoded(ctx, p.to, b)
	}
	out, err := beginCast(ctx, p.to.Ref, to)
	if err != nil {
		return err
	}
	defer out.Close()
	return out.Send(p.args.AppendArgs(out.Buffer(), m))
}

// castEncoded sends a cast whose arguments are encoded to an actor of this proc.
func (c *core) castEncoded(ctx context.Context, to GenPortRef, args []byte) error {
	k := c.kind()
	op, ok := k.byID[to.Handler]
	if !ok {
		return NewError(CodeKind, c.label()+" has no such port: it is of another kind", nil)
	}
	h := &k.handlers[op]
	if h.Flags&GenOneway == 0 || h.Schema != to.Schema {
		return NewError(CodeSchema, fmt.Sprintf("the port is not that of %s.%s (schema %016x)", k.short, h.Shape, h.Schema), nil)
	}
	return k.castEncoded(ctx, c, op, args)
}

func (k *GenKind[S, C]) sendEncoded(ctx context.Context, c *core, op uint16, args []byte) error {
	a := c.self.(*GenActor[S, C])
	if k.handlers[op].Flags&GenFramed != 0 {
		frame := k.spec.Frame(op)
		if err := decodeArgs(frame, args, c.proc); err != nil {
			frame.GenHead().release()
			return k.errDecode(op, args, err)
		}
		return a.CastFrame(ctx, op, frame.GenHead())
	}
	var decoded C
	if err := k.decode(args, op, &decoded, c.proc); err != nil {
		return k.errDecode(op, args, err)
	}
	cast, err := a.Cast(ctx, op)
	if err != nil {
		return err
	}
	*cast.Args = decoded
	return cast.Send()
}
