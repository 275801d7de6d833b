package remote

import (
	"context"
	"time"
)

// farewell is how long the other side has to close a connection over which it was told that this is the end.
const farewell = time.Second

// shutdown sends what is in the buffer and a last word, as far as ctx allows, and closes the link.
func (l *link) shutdown(ctx context.Context) {
	l.mu.Lock()
	if l.lost == nil && !l.closing {
		l.closing = true
		l.say(kindBye)
		l.wakeWaiting()
	}
	l.mu.Unlock()
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
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	case <-l.gone:
	case <-ctx.Done():
	}
	l.fail(errStopping)
}
