package actor

import (
	"context"
	"fmt"

	"github.com/tinylib/msgp/msgp"

	"github.com/actorgen/actorgen/codec"
)

// openedPort is the handler id of all opened ports.
var openedPort = codec.ID("actorgen/runtime/actor.OpenRemotePort")

// OpenRemotePort opens a port that can be sent in messages, also to other procs. What M needs is a serializer: it is a basic
// type, or one with generated methods; else that is the error. It belongs to owner as that of OpenPort, and takes the same options.
func OpenRemotePort[M any](owner Spawner, opts ...PortOption) (Port[M], *Receiver[M], error) {
	values, err := codecOf[M]()
	var p *Proc
	if err == nil {
		p, _, err = ownerOf(owner)
	}
	if err != nil {
		return Port[M]{}, nil, fmt.Errorf("opening a port: %w", err)
	}
	r := &remoteQueue[M]{portQueue: newQueue[M](opts), values: values, serial: p.lastSerial.Add(1)}
	p.ports.Store(r.serial, wirePortQueue(r)) // before it has an owner, whose end takes it away again
	r.open(owner, "an opened port", r)
	r.what = fmt.Sprintf("%s (#%d)", r.what, r.serial)
	return Port[M]{r}, &Receiver[M]{r.portQueue}, nil
}

// wirePortQueue takes encoded values.
type wirePortQueue interface {
	// receiveEncoded takes a cast's arguments from other procs. in is nil for one of this proc.
	receiveEncoded(ctx context.Context, args []byte, sender *remoteSender) error
}

// remoteQueue is an opened port that can be sent in messages.
type remoteQueue[M any] struct {
	*portQueue[M]
	values valueCodec[M]
	serial uint64
}

// end closes the port, and has other procs find it no more.
func (r *remoteQueue[M]) end(cause error) {
	r.portQueue.end(cause)
	r.proc.ports.Delete(r.serial)
}

// GenPortRef names the port.
func (r *remoteQueue[M]) GenPortRef() GenPortRef {
	p := r.proc
	return GenPortRef{Ref: newRef(p, target{id: ID{Proc: p.id, Serial: r.serial}, address: p.Address()}), Handler: openedPort}
}

// Send sends a value of this process; in isolation a copy.
func (r *remoteQueue[M]) Send(ctx context.Context, m M) error {
	if r.proc.isolated {
		copied, err := r.values.copyOf(&m, r.proc)
		if err != nil {
			return errIsolating(r.what, err)
		}
		m = copied
	}
	return r.portQueue.Send(ctx, m)
}

// receiveEncoded decodes a value from the arguments of a cast, an array of one; of none for struct{}.
func (r *remoteQueue[M]) receiveEncoded(ctx context.Context, args []byte, sender *remoteSender) error {
	var m M
	n, b, err := msgp.ReadArrayHeaderBytes(args)
	if _, empty := any(m).(struct{}); err == nil && !empty {
		if n == 0 {
			err = msgp.ArrayError{Wanted: 1, Got: 0}
		} else {
			err = r.values.read(b, &m)
		}
	}
	if err != nil {
		wrapped := codec.Wrap("a value for "+r.what, args, err)
		return NewError(CodeDecode, wrapped.Error(), wrapped)
	}
	if bind, ok := any(&m).(binder); ok {
		bind.BindRefs(r.proc)
	}
	if sender == nil {
		return r.portQueue.Send(ctx, m)
	}
	return r.push(fromLink, nil, queuedValue[M]{sender: sender, m: m})
}

// openPort returns the opened port that t names, if it is of this proc and open.
func (p *Proc) openPort(serial uint64) wirePortQueue {
	if q, ok := p.ports.Load(serial); ok {
		return q.(wirePortQueue)
	}
	return nil
}
