package remote

import (
	"context"
	"time"
)

const (
	// farewell is how long the other side has to close a connection over which it was told that this is the end.
	farewell = time.Second
	// lastWord is how long a shutdown in a hurry still tries to tell the other side. It takes a fraction of that unless
	// the other side is stuck.
	lastWord = 100 * time.Millisecond
)

// shutdown sends what is in the buffer and a last word, as far as ctx allows, and closes the link.
func (l *link) shutdown(ctx context.Context) {
	l.mu.Lock()
	if l.lost == nil && !l.closing {
		l.closing = true
		l.say(kindBye)
		l.wakeWaiting()
	}
	l.mu.Unlock()
	hurry, cancel := context.WithTimeout(context.Background(), lastWord)
	defer cancel()
	over := make(chan struct{}) // ctx has ended, and lastWord has passed
	stop := context.AfterFunc(hurry, func() {
		select {
		case <-ctx.Done():
		case <-l.gone:
		}
		close(over)
	})
	defer stop()
	select {
	case <-l.flushed:
		// The other side closes, having read everything. If we did, and had something unread, the system could throw
		// away what is still on its way.
		if half, ok := l.conn.(interface{ CloseWrite() error }); ok {
			half.CloseWrite()
		}
		timer := time.NewTimer(farewell)
		select {
		case <-l.gone:
		case <-over:
		case <-timer.C:
		}
		timer.Stop()
	case <-l.gone:
	case <-over:
	}
	l.fail(errStopping)
}
