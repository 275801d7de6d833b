package remote

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// maxGreeting is how many accepted connections may be without a link at a time. More are closed at once.
const maxGreeting = 256

// A listener accepts connections at one address.
type listener struct {
	net.Listener
	address string
	file    fs.FileInfo // the socket file that was made
	path    string
	once    sync.Once
}

// listen begins to listen at url.
func (t *transport) listen(url string) (*listener, error) {
	e, err := parseAddress(url)
	if err != nil {
		return nil, err
	}
	if err := e.checkPlaintext(t.config); err != nil {
		return nil, err
	}
	if e.proc != "" && e.proc != t.own.name {
		return nil, fmt.Errorf("address %q names proc %q, and this is %q: leave the name out", url, e.proc, t.own.name)
	}
	if err := checkNamable(t.own.name); err != nil {
		return nil, err
	}
	e.proc = t.own.name
	if e.network == "unix" {
		return listenUnix(e)
	}
	return t.listenTCP(e)
}

func (t *transport) listenTCP(e endpoint) (*listener, error) {
	ln, err := net.Listen("tcp", e.where)
	if err != nil {
		return nil, err
	}
	at := ln.Addr().(*net.TCPAddr)
	fail := func(format string, args ...any) (*listener, error) {
		ln.Close()
		return nil, fmt.Errorf("address %q: %s", e, fmt.Sprintf(format, args...))
	}
	if !t.config.plaintext && !at.IP.IsLoopback() {
		return fail("it is %v, which other machines reach, and plain tcp is for this machine alone: use 127.0.0.1, or say "+
			"remote.InsecurePlaintext() if the network is trusted", at.IP)
	}
	host, _, _ := net.SplitHostPort(e.where)
	port := fmt.Sprint(at.Port)
	switch {
	case t.config.advertise != "":
		var p string
		if host, p, err = net.SplitHostPort(t.config.advertise); err != nil {
			host = t.config.advertise
		} else if p != "" {
			port = p
		}
	case at.IP.IsUnspecified():
		return fail("others need to know which host that is: say remote.Advertise(host)")
	}
	e.where = net.JoinHostPort(host, port)
	return &listener{Listener: ln, address: e.String()}, nil
}

// listenUnix takes over a socket file that nobody serves.
func listenUnix(e endpoint) (*listener, error) {
	if err := clearSocket(e.where); err != nil {
		return nil, fmt.Errorf("address %q: %w", e, err)
	}
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: e.where, Net: "unix"})
	if err != nil {
		return nil, err
	}
	ln.SetUnlinkOnClose(false) // another proc's file may be there by then
	file, err := os.Lstat(e.where)
	if err != nil {
		ln.Close()
		return nil, err
	}
	return &listener{Listener: ln, address: e.String(), file: file, path: e.where}, nil
}

// clearSocket removes the file of a socket that nobody serves any more.
func clearSocket(path string) error {
	served, err := servedSocket(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case served:
		return errors.New("another process listens there")
	}
	// Two procs may come here at once: whoever moves the file away owns it, and looks again at what it has moved.
	aside := fmt.Sprintf("%s.%d", path, os.Getpid())
	if err := os.Rename(path, aside); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	if served, err := servedSocket(aside); err == nil && served {
		if err := os.Rename(aside, path); err != nil {
			return err
		}
		return errors.New("another process listens there")
	}
	return os.Remove(aside)
}

// servedSocket tells whether somebody accepts connections at a socket file.
func servedSocket(path string) (bool, error) {
	file, err := os.Lstat(path)
	if err != nil {
		return false, err
	}
	if file.Mode()&fs.ModeSocket == 0 && runtime.GOOS != "windows" { // where sockets are marked in another way
		return false, errors.New("there is a file that is no socket: choose another path, or remove it")
	}
	conn, err := net.DialTimeout("unix", path, time.Second)
	switch {
	case err == nil:
		conn.Close()
		return true, nil
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, fs.ErrNotExist):
		return false, nil
	}
	return false, fmt.Errorf("the socket file there can be neither used nor replaced: %w", err)
}

// close stops listening, and removes the socket file if it is still the listener's.
func (ln *listener) close() {
	ln.once.Do(func() {
		if ln.file != nil {
			if now, err := os.Lstat(ln.path); err == nil && os.SameFile(now, ln.file) {
				os.Remove(ln.path)
			}
		}
		ln.Close()
	})
}

// serve accepts connections until the listener is closed.
func (t *transport) serve(ln *listener) {
	defer t.running.Done()
	greeting := make(chan struct{}, maxGreeting)
	var delay time.Duration
	for {
		conn, err := ln.Accept()
		if t.stopped.Err() != nil {
			if err == nil {
				conn.Close()
			}
			return
		}
		if err != nil { // of this connection, or for want of files: the next one may do
			delay = min(max(2*delay, 5*time.Millisecond), time.Second)
			t.log.Warn("accepting a connection failed", "address", ln.address, "reason", err, "retry", delay)
			select {
			case <-time.After(delay):
			case <-t.stopped.Done():
			}
			continue
		}
		delay = 0
		select {
		case greeting <- struct{}{}:
		default:
			t.log.Warn("connection refused", "address", ln.address, "remote", remoteName(conn),
				"reason", fmt.Sprintf("%d others have not said who they are yet", maxGreeting))
			conn.Close()
			continue
		}
		t.running.Add(1) // serve is running, so that Stop still waits
		go func() {
			defer t.running.Done()
			err := t.welcome(t.stopped, conn)
			<-greeting
			switch {
			case err == nil || t.stopped.Err() != nil:
			case errors.Is(err, errNobody):
				t.log.Debug("connection closed", "address", ln.address, "remote", remoteName(conn), "reason", err)
			default:
				t.log.Warn("connection refused", "address", ln.address, "remote", remoteName(conn), "reason", err)
			}
		}()
	}
}
