package remote

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/actorgen/actorgen/runtime/actor"
)

// A dial is an attempt to reach an address, shared by all who want to.
type dial struct {
	done chan struct{}
	link *link
	err  error
}

// dial returns the link to whoever answers at address. It waits no longer than ctx lives; the attempt goes on for the others.
func (t *transport) dial(ctx context.Context, address string) (*link, error) {
	e, err := parseAddress(address)
	if err == nil {
		err = e.checkPlaintext(t.config)
	}
	if err != nil {
		return nil, actor.NewError(actor.CodeAddress, err.Error(), nil)
	}
	t.mu.Lock()
	if t.stopping {
		t.mu.Unlock()
		return nil, actor.NewError(actor.CodeStopped, errStopping.Error(), nil)
	}
	d := t.dials[address]
	if d == nil {
		d = &dial{done: make(chan struct{})}
		t.dials[address] = d
		t.running.Add(1)
		go t.runDial(d, address, e)
	}
	t.mu.Unlock()
	end, err := actor.BeginWait(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	select {
	case <-d.done:
		return d.link, d.err
	case <-ctx.Done():
		code := actor.CodeCanceled
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			code = actor.CodeDeadline
		}
		return nil, actor.NewError(code, fmt.Sprintf("waiting for a link to %s: %v", address, ctx.Err()), ctx.Err())
	}
}

func (t *transport) runDial(d *dial, address string, e endpoint) {
	defer t.running.Done()
	ctx, cancel := context.WithTimeoutCause(t.stopped, 2*t.config.handshake, errors.New("it took too long"))
	defer cancel()
	l, err := t.connect(ctx, e)
	t.mu.Lock()
	if err == nil {
		d.link = l
		if l.live.Load() {
			t.byAddress[address] = &route{l, address}
		}
	} else {
		if t.stopping {
			err = errStopping
		}
		d.err = actor.NewError(actor.CodeUnreachable, fmt.Sprintf("%s cannot be reached: %v", address, err), err)
	}
	delete(t.dials, address)
	t.mu.Unlock()
	close(d.done)
}

// connect makes a link, or finds the one that there is.
func (t *transport) connect(ctx context.Context, e endpoint) (*link, error) {
	for {
		conn, err := new(net.Dialer).DialContext(ctx, e.network, e.where)
		if err != nil {
			return nil, err
		}
		if !t.config.plaintext && !loopback(conn.RemoteAddr()) {
			conn.Close()
			return nil, fmt.Errorf("it is %v, on another machine, and plain tcp is for this machine alone, unless "+
				"remote.InsecurePlaintext() is given", conn.RemoteAddr())
		}
		l, err := t.greet(ctx, conn, e)
		if !errors.Is(err, errNoLink) || ctx.Err() != nil {
			return l, err
		}
	}
}
