package actor

import "context"

// A Port is a typed address that accepts values of one type. It is comparable, and can be sent in messages. The zero value
// answers with an error.
//
// A port that came in a message works from the proc that received it. It is equal to what other messages have brought for
// the same address, not to the port that was sent.
type Port[M any] struct {
	to GenPort[M]
}

// Send sends m. nil means accepted, not handled.
func (p Port[M]) Send(ctx context.Context, m M) error {
	if p.to == nil {
		return NewError(CodeUnbound, "the port is the zero value: take it from a handle's Ports", nil)
	}
	return p.to.Send(ctx, m)
}

// errZeroPort is the error of what is begun with a port that leads nowhere.
func errZeroPort(doing string) error {
	return NewError(CodeUnbound, doing+": the port is the zero value: take it from a handle's Ports, or open one", nil)
}

// IsZero tells whether the port leads nowhere.
func (p Port[M]) IsZero() bool { return p.to == nil }

// GenPort is what generated code puts behind a port. It must be comparable.
type GenPort[M any] interface {
	Send(ctx context.Context, m M) error
}

// GenNewPort makes a port.
func GenNewPort[M any](to GenPort[M]) Port[M] { return Port[M]{to} }
