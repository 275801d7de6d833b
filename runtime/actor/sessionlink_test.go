package actor_test

import (
	"context"
	"errors"
	"sync"

	"github.com/actorgen/actorgen/runtime/actor"
)

// A simulatedLink is one end of a link between two procs of a test. What is sent stays on its way until the test has it arrive, one message at a time. An end
// can be lost at any moment, and the other later: meanwhile that one sends into the void. And it can be full for a while.
type simulatedLink struct {
	listening
	peer  *actor.Peer
	other *simulatedLink

	mu   sync.Mutex // held from Begin to Commit or Abort, too
	sent []sentMessage
	lost error
	full chan struct{} // closed when there is room again; nil while there is
	env  actor.Envelope

	begins func(ctx context.Context, kind actor.MessageKind) // if it is not nil: called by each Begin
}

// errCut is why a simulated link is lost.
var errCut = errors.New("cut by the test")

// linkedProcs returns two procs with a link between them, and its ends.
func linkedProcs(first, second string, opts ...actor.ProcOption) (procs [2]*actor.Proc, ends [2]*simulatedLink, err error) {
	for i, name := range [...]string{first, second} {
		end := &simulatedLink{}
		ends[i] = end
		over := actor.WithTransport(func(actor.Transport) (actor.Transport, error) { return end, nil })
		if procs[i], err = actor.NewProc(name, append([]actor.ProcOption{over}, opts...)...); err != nil {
			return procs, ends, err
		}
	}
	for i, end := range ends {
		other := procs[1-i]
		end.other = ends[1-i]
		end.peer = procs[i].NewPeer(end, other.ID(), other.Name())
	}
	return procs, ends, nil
}

// Link returns the end, for each is its proc's transport too.
func (l *simulatedLink) Link(context.Context, string, actor.UUID) (actor.Link, error) { return l, nil }

func (l *simulatedLink) Peer() *actor.Peer { return l.peer }

func (l *simulatedLink) Begin(ctx context.Context, env *actor.Envelope) ([]byte, error) {
	if l.begins != nil {
		l.begins(ctx, env.Kind)
	}
	l.mu.Lock()
	switch env.Kind {
	case actor.MessageCall, actor.MessageCast, actor.MessageIn, actor.MessageOut:
		if err := l.waitForRoom(ctx); err != nil {
			l.mu.Unlock()
			return nil, err
		}
	}
	if l.lost != nil {
		l.mu.Unlock()
		return nil, actor.NewError(actor.CodeUnreachable, "the link is lost", l.lost)
	}
	l.env = *env
	return nil, nil
}

// waitForRoom waits while the link is full. The mutex is held, and released meanwhile.
func (l *simulatedLink) waitForRoom(ctx context.Context) error {
	for l.full != nil && l.lost == nil {
		full := l.full
		l.mu.Unlock()
		end, err := actor.BeginWait(ctx)
		if err != nil {
			l.mu.Lock()
			return err
		}
		select {
		case <-full:
		case <-ctx.Done():
		}
		end()
		l.mu.Lock()
		if err := ctx.Err(); err != nil {
			return actor.NewError(actor.CodeOf(err), "waiting for room", err)
		}
	}
	return nil
}

func (l *simulatedLink) Commit(b []byte) error {
	l.sent = append(l.sent, sentMessage{l.env, b})
	l.mu.Unlock()
	return nil
}

func (l *simulatedLink) Abort() { l.mu.Unlock() }

// waiting returns what is on its way to the other end.
func (l *simulatedLink) waiting() []sentMessage {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sent
}

// deliver has the first message on its way arrive at the other end. An error says that it breaks the protocol.
func (l *simulatedLink) deliver() error {
	l.mu.Lock()
	m := l.sent[0]
	l.sent = l.sent[1:]
	l.mu.Unlock()
	return l.other.peer.Receive(&m.env, m.payload)
}

// lose ends the link at this end.
func (l *simulatedLink) lose() {
	l.mu.Lock()
	l.lost = errCut
	l.mu.Unlock()
	l.room()
	l.peer.Lost(errCut)
}

// fill has the link full until room is called.
func (l *simulatedLink) fill() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.full = make(chan struct{})
}

func (l *simulatedLink) room() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.full != nil {
		close(l.full)
		l.full = nil
	}
}
