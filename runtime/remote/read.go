package remote

import (
	"fmt"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// read passes what arrives to the proc until the link is lost or the other side breaks a rule.
func (l *link) read() error {
	n := 0 // messages of this read
	in := newInbox(l.conn, l.config.maxFrame, func() {
		l.arrived.Add(1)
		if n == 1 {
			l.crowded.Store(false)
		}
		n = 0
	})
	var env actor.Envelope
	for {
		body, err := in.next()
		if err != nil {
			return err
		}
		for len(body) > 0 {
			var msg []byte
			if msg, body, err = nextMessage(body, l.config.maxFrame); err != nil {
				return err
			}
			payload, err := readEnvelope(msg, &env)
			if n++; n == 2 {
				l.crowded.Store(true)
			}
			if err == nil {
				err = l.sink.Receive(&env, payload)
			} else if err == errKind {
				err = l.control(msg)
			}
			if err != nil {
				return err
			}
		}
		if err := l.pause(); err != nil {
			return err
		}
	}
}

// control handles a message about the link itself.
func (l *link) control(msg []byte) error {
	if msg[1] != 0 || len(msg) != 2 {
		return errKind
	}
	switch actor.MessageKind(msg[0]) {
	case kindBye:
		return errBye
	case kindProbe:
		l.ping()
		return nil
	}
	return errKind
}

// pause waits while more is to be sent than the buffer should hold. What a reader takes in makes more to send, and
// answers do not wait for room: a peer that asks and does not take the answers must not fill the memory.
// It does not wait long without progress, since the other side may be waiting in the same way.
func (l *link) pause() error {
	const patience = 100 * time.Millisecond
	n, before := l.backlog()
	if n <= l.config.buffer {
		return nil
	}
	l.paused.Store(true)
	defer l.paused.Store(false)
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for n > l.config.buffer && l.live.Load() {
		if n > 2*l.config.hardLimit() {
			return fmt.Errorf("%d bytes of answers wait, which the peer does not take", n)
		}
		late := false
		select {
		case <-l.room:
		case <-l.gone:
		case <-timer.C:
			late = true
			timer.Reset(patience)
		}
		now := before
		if n, now = l.backlog(); late && now == before {
			return nil
		}
		if late {
			before = now
		}
	}
	return nil
}

// backlog returns how many bytes are to be written, and how many ever were.
func (l *link) backlog() (queued int, progress uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.queued(), l.progress
}
