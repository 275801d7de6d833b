//go:build unix

package remote

import (
	"io"
	"net"
	"syscall"
)

// A tryWriter writes to a connection as much as it takes without waiting.
type tryWriter struct {
	raw  syscall.RawConn
	once func(fd uintptr) bool // made once, so that a write allocates nothing
	b    []byte
	n    int
	err  error
}

// newTryWriter returns nil if conn is no socket.
func newTryWriter(conn net.Conn) *tryWriter {
	sc, ok := conn.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return nil
	}
	t := &tryWriter{raw: raw}
	t.once = t.attempt
	return t
}

// attempt makes one system call, or more if signals interrupt it.
func (t *tryWriter) attempt(fd uintptr) bool {
	for {
		t.n, t.err = syscall.Write(int(fd), t.b)
		if t.err != syscall.EINTR {
			return true // in any case: false would wait until the connection takes more
		}
	}
}

// write returns how much of b was written; less than all of it and no error means that the connection takes no more now.
func (t *tryWriter) write(b []byte) (int, error) {
	t.b = b
	err := t.raw.Write(t.once)
	t.b = nil
	switch {
	case err != nil:
		return 0, err
	case t.err == syscall.EAGAIN:
		return 0, nil
	case t.err != nil:
		return 0, t.err
	case t.n == 0 && len(b) > 0:
		return 0, io.ErrUnexpectedEOF
	}
	return t.n, nil
}
