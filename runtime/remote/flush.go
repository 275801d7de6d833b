package remote

import (
	"runtime"
	"time"
)

const (
	maxRounds   = 4         // after which a committer leaves the writing to the flusher
	maxNow      = 64 << 10  // bytes that a committer writes: more would hold up its actor
	writeChunk  = 256 << 10 // bytes per blocking write: one that takes too long ends the link
	usualBuffer = 256 << 10 // a larger buffer is given back when the link has been idle
)

// swap makes what was collected the bytes to write. The lock is held, and out was written.
func (l *link) swap() {
	if l.batch >= 0 {
		l.endBatch(l.buf)
	}
	l.buf, l.out, l.written = l.out[:0], l.buf, 0
}

// handOver makes the flusher the writer. The lock is held.
func (l *link) handOver() {
	l.writer = flusher
	if l.lost != nil {
		l.stopWriting()
		return
	}
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// stopWriting lets go of the connection. The lock is held.
func (l *link) stopWriting() {
	l.writer = nobody
	switch {
	case l.lost != nil:
		l.idle.Broadcast()
	case l.closing && !l.byeSent:
		l.byeSent = true
		close(l.flushed)
	}
}

// writeNow writes what was collected, as far as the connection takes it at once. The lock is held on entry only.
func (l *link) writeNow() {
	l.writer = committer
	for round := 0; l.lost == nil && len(l.buf) > 0; round++ {
		if round == maxRounds || len(l.buf) > maxNow {
			l.handOver()
			l.mu.Unlock()
			return
		}
		l.swap()
		l.mu.Unlock()
		seal(l.out)
		n, err := l.try.write(l.out)
		l.mu.Lock()
		l.written = n
		l.progress += uint64(n)
		if err != nil {
			l.failWriting(err)
			break
		}
		if n < len(l.out) {
			l.handOver()
			l.mu.Unlock()
			return
		}
		l.madeRoom()
	}
	l.stopWriting()
	l.mu.Unlock()
}

// flush is the goroutine that writes what committers leave to it.
func (l *link) flush() {
	for {
		select {
		case <-l.wake:
		case <-l.gone:
		}
		if l.crowded.Load() {
			runtime.Gosched() // those who are about to send too go first, so that one write serves all
		}
		l.mu.Lock()
		for l.writer == flusher && l.lost == nil && l.queued() > 0 {
			if l.written == len(l.out) {
				l.swap()
				l.mu.Unlock()
				seal(l.out)
				l.mu.Lock()
			}
			l.writeOut()
		}
		if l.writer == flusher {
			l.stopWriting()
		}
		lost := l.lost != nil
		l.mu.Unlock()
		if lost {
			return
		}
	}
}

// writeOut writes the rest of out, blocking. The lock is held on entry and return.
func (l *link) writeOut() {
	wait := l.try == nil
	for l.written < len(l.out) && l.lost == nil {
		chunk := l.out[l.written:]
		if len(chunk) > writeChunk {
			chunk = chunk[:writeChunk]
		}
		l.mu.Unlock()
		var n int
		var err error
		if wait {
			n, err = l.writeSlowly(chunk)
		} else {
			n, err = l.try.write(chunk)
		}
		l.mu.Lock()
		l.written += n
		l.progress += uint64(n)
		if err != nil {
			l.failWriting(err)
			return
		}
		l.madeRoom()
		wait = l.try == nil || !wait && n < len(chunk)
	}
}

// writeSlowly writes all of b, and fails if that takes too long.
func (l *link) writeSlowly(b []byte) (int, error) {
	if err := l.conn.SetWriteDeadline(time.Now().Add(l.config.silence(l.remote.keepAlive))); err != nil {
		return 0, err
	}
	n, err := l.conn.Write(b)
	if err == nil {
		err = l.conn.SetWriteDeadline(time.Time{}) // one that stays would fail attempts to write at once
	}
	return n, err
}
