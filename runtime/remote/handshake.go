package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// After the hellos the proc with the smaller id, the arbiter, decides whether the connection becomes the link of the two
// procs: "use", or "dup" if there is one. So exactly one of two connections made at the same time is used. The dialer
// speaks first, and asks if it is not the arbiter.
const (
	wordAsk = 'a'
	wordUse = 'u'
	wordDup = 'd'
)

// Reasons to end a handshake.
var (
	errStopping = errors.New("this proc is shutting down")
	errSelf     = errors.New("this proc itself answers there")
	errWord     = errors.New("a decision about the link that is not the other side's to make")
	errTwice    = errors.New("the other side has made a second link while the first one works")
	errNobody   = errors.New("the connection was closed before it said anything")
	errNoLink   = errors.New("the other side has a link to this proc that does not work any more")
)

// arbiter tells whether this proc decides about links with the other one.
func (t *transport) arbiter(other *hello) bool { return bytes.Compare(t.own.id[:], other.id[:]) < 0 }

// guard bounds a handshake: conn is closed when ctx ends. The caller calls the result when the handshake is over,
// and learns whether conn is still usable.
func (t *transport) guard(ctx context.Context, conn net.Conn) (over func() bool) {
	conn.SetDeadline(time.Now().Add(t.config.handshake))
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	return func() bool {
		if !stop() {
			return false
		}
		return conn.SetDeadline(time.Time{}) == nil
	}
}

// greet makes a link of a connection that this proc has dialed, or returns the link that there is already.
// errNoLink is worth another try.
func (t *transport) greet(ctx context.Context, conn net.Conn, want endpoint) (*link, error) {
	over := t.guard(ctx, conn)
	l, used, err := t.dialerSide(ctx, conn, want)
	switch {
	case err == nil && used:
		if !over() {
			l.fail(errors.New("the handshake took too long"))
		}
		l.start(t.forget)
		return l, nil
	case used: // it was in the table already: whoever has found it there is told why it does not work
		l.fail(err)
		l.start(t.forget)
	}
	over()
	conn.Close()
	if ctx.Err() != nil && err != nil {
		err = context.Cause(ctx)
	}
	return l, err
}

// dialerSide returns the link, and whether it is one over conn that was not there before.
func (t *transport) dialerSide(ctx context.Context, conn net.Conn, want endpoint) (l *link, used bool, err error) {
	if _, err := conn.Write(appendHello(nil, &t.own)); err != nil {
		return nil, false, err
	}
	other, err := readHello(conn)
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return nil, false, fmt.Errorf("the other side has closed the connection in the handshake: %w", err)
	case err != nil:
		return nil, false, err
	case other.id == t.own.id:
		return nil, false, errSelf
	case want.proc != "" && other.name != want.proc:
		return nil, false, fmt.Errorf("proc %q answers there, not %q", other.name, want.proc)
	}
	if t.arbiter(other) {
		l, existing, err := t.claim(conn, other)
		switch {
		case err != nil:
			return nil, false, err
		case existing != nil:
			conn.Write([]byte{wordDup}) // whether they hear it changes nothing
			return existing, false, nil
		}
		_, err = conn.Write([]byte{wordUse})
		return l, true, err
	}
	if _, err := conn.Write([]byte{wordAsk}); err != nil {
		return nil, false, err
	}
	word, err := readWord(conn)
	if err != nil {
		return nil, false, err
	}
	switch word {
	case wordUse:
		l, err := t.accept(ctx, conn, other)
		return l, l != nil, err
	case wordDup:
		l, err := t.await(ctx, other.id)
		return l, false, err
	}
	return nil, false, errWord
}

func readWord(conn net.Conn) (byte, error) {
	var word [1]byte
	if _, err := io.ReadFull(conn, word[:]); err != nil {
		return 0, fmt.Errorf("reading the decision about the link: %w", err)
	}
	return word[0], nil
}

// welcome makes a link of a connection that was accepted, if it is to be one.
func (t *transport) welcome(ctx context.Context, conn net.Conn) error {
	over := t.guard(ctx, conn)
	l, err := t.listenerSide(ctx, conn)
	if l != nil {
		if err == nil && !over() {
			err = errors.New("the handshake took too long")
		}
		if err != nil {
			l.fail(err)
		}
		l.start(t.forget)
		return nil // the link reports its own end
	}
	over()
	conn.Close()
	return err
}

func (t *transport) listenerSide(ctx context.Context, conn net.Conn) (*link, error) {
	other, err := readHello(conn)
	if version := (versionError{}); errors.As(err, &version) {
		conn.Write(appendHello(nil, &t.own)) // so that they see it too
	}
	switch {
	case errors.Is(err, io.EOF):
		return nil, errNobody
	case err != nil:
		return nil, err
	}
	if _, err := conn.Write(appendHello(nil, &t.own)); err != nil {
		return nil, err
	}
	if other.id == t.own.id {
		return nil, errSelf
	}
	word, err := readWord(conn)
	switch {
	case errors.Is(err, io.EOF):
		return nil, errNobody // it was looking for another proc
	case err != nil:
		return nil, err
	case t.arbiter(other) && word == wordAsk:
		l, existing, err := t.claim(conn, other)
		switch {
		case err != nil:
			return nil, err
		case existing != nil:
			existing.probe() // if they have lost it, we shall know soon
			_, err := conn.Write([]byte{wordDup})
			return nil, err
		}
		_, err = conn.Write([]byte{wordUse})
		return l, err
	case !t.arbiter(other) && word == wordUse:
		return t.accept(ctx, conn, other)
	case !t.arbiter(other) && word == wordDup:
		return nil, nil
	}
	return nil, errWord
}

// claim makes conn the link to the other proc, unless there is one. It must be started.
func (t *transport) claim(conn net.Conn, other *hello) (made, existing *link, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopping {
		return nil, nil, errStopping
	}
	if old := t.links[other.id]; old != nil && old.live.Load() {
		return nil, old, nil
	}
	l := newLink(conn, t.own, *other, t.config)
	l.unsent = t.proc.ReportUnsent
	l.peer = t.proc.NewPeer(l, other.id, other.name)
	l.sink = l.peer
	t.links[other.id] = l
	t.running.Add(1)
	close(t.linked)
	t.linked = make(chan struct{})
	t.log.Debug("linked", "peer", other.name, "id", other.id.String(), "address", other.address)
	return l, nil, nil
}

// accept makes conn the link as the arbiter has decided. If there is one that works, the arbiter is wrong or not
// whom it says it is; one that does not work any more is about to be lost here too.
func (t *transport) accept(ctx context.Context, conn net.Conn, other *hello) (*link, error) {
	for {
		l, existing, err := t.claim(conn, other)
		if existing == nil {
			return l, err
		}
		existing.probe()
		timer := time.NewTimer(2 * probeTime)
		select {
		case <-existing.gone:
			timer.Stop()
		case <-timer.C:
			return nil, errTwice
		case <-ctx.Done():
			timer.Stop()
			return nil, context.Cause(ctx)
		}
	}
}

// await waits for the link to proc that is being made by a connection from there, or is about to be found lost.
func (t *transport) await(ctx context.Context, proc actor.UUID) (*link, error) {
	timer := time.NewTimer(probeTime)
	defer timer.Stop()
	for {
		t.mu.RLock()
		l, linked := t.links[proc], t.linked
		t.mu.RUnlock()
		if l != nil && l.live.Load() {
			return l, nil
		}
		select {
		case <-linked:
		case <-timer.C:
			return nil, errNoLink
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}
