package remote

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// refusal is the error for what cannot be sent. The lock is held.
func (l *link) refusal() error {
	why := l.reason()
	if l.closing {
		return actor.NewError(actor.CodeStopped, why.Error(), why)
	}
	return actor.NewError(actor.CodeUnreachable, fmt.Sprintf("the link to proc %q is lost: %v", l.remote.name, why), why)
}

// reason says why the link is lost. The lock is held.
func (l *link) reason() error {
	switch {
	case l.closing:
		return errStopping
	case l.lost == io.EOF || l.lost == io.ErrUnexpectedEOF:
		return errSilentEnd
	}
	return l.lost
}

// Reasons for the end of a link.
var (
	errBye       = errors.New("the proc has shut down")
	errSilentEnd = errors.New("the other side closed the connection without a word")
)

// fail loses the link, for the first reason given.
func (l *link) fail(err error) {
	l.mu.Lock()
	l.failLocked(err)
	l.mu.Unlock()
}

func (l *link) failLocked(err error) {
	l.lose(err)
	l.conn.Close() // wakes whoever reads or writes
}

// failWriting loses the link because it cannot be written to. What the other side has sent before is still read, for a
// moment: it may have said why.
func (l *link) failWriting(err error) {
	l.lose(err)
	if errors.Is(err, os.ErrDeadlineExceeded) || l.conn.SetReadDeadline(time.Now().Add(lastWord)) != nil {
		l.conn.Close()
	}
}

// lose ends all use of the link. The lock is held.
func (l *link) lose(err error) {
	switch {
	case l.lost == nil:
		l.lost = err
		l.live.Store(false)
		close(l.gone)
		l.wakeWaiting()
	case err == errBye: // the better reason
		l.lost = err
	}
}

// end reports what was lost.
func (l *link) end(forget func(*link)) {
	l.mu.Lock()
	for l.writer != nobody {
		l.idle.Wait()
	}
	why, refusal := l.reason(), l.refusal()
	if l.batch >= 0 {
		l.endBatch(l.buf)
	}
	out, buf, written := l.out, l.buf, l.written
	l.out, l.buf, l.written = nil, nil, 0
	l.mu.Unlock()
	forget(l)
	l.reportUnsent(out, written, refusal)
	l.reportUnsent(buf, 0, refusal)
	l.sink.Lost(why)
	close(l.done)
}

// reportUnsent reports the messages of the batches in b that do not end within the first written bytes:
// the other side looks at a batch only when it is complete.
func (l *link) reportUnsent(b []byte, written int, err error) {
	var env actor.Envelope
	for at := 0; at < len(b); {
		body := b[at+batchHeader:]
		body = body[:binary.LittleEndian.Uint32(b[at:])]
		at += batchHeader + len(body)
		if at <= written {
			continue
		}
		for len(body) > 0 {
			var msg []byte
			var bad error
			if msg, body, bad = nextMessage(body, l.send); bad != nil {
				return // cannot be: we have written it
			}
			if _, bad := readEnvelope(msg, &env); bad == nil {
				l.unsent(&env, err)
			}
		}
	}
}
