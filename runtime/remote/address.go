package remote

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// An endpoint is a proc's address, taken apart.
type endpoint struct {
	network string // tcp or unix
	where   string // host:port, or the socket's path
	proc    string // the proc's name; empty in what Listen is given
}

// maxSocketPath is what fits the address of a unix socket on all systems.
const maxSocketPath = 103

// parseAddress takes an address apart. It knows no procs by their addresses alone: proc may be missing.
func parseAddress(address string) (endpoint, error) {
	bad := func(format string, args ...any) (endpoint, error) {
		return endpoint{}, fmt.Errorf("address %q: %s", address, fmt.Sprintf(format, args...))
	}
	if len(address) > maxAddress {
		return endpoint{}, fmt.Errorf("address %.40q...: longer than %d bytes", address, maxAddress)
	}
	u, err := url.Parse(address)
	if err != nil {
		return bad("not a URL: write tcp://host:port/proc or unix:///path/to.sock#proc")
	}
	switch u.Scheme {
	case "tcp":
		if u.Hostname() == "" && u.Port() == "" || u.Port() == "" {
			return bad("no port: write tcp://host:port/proc")
		}
		if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return bad("more than host, port and proc: write tcp://host:port/proc")
		}
		proc := strings.TrimPrefix(u.Path, "/")
		if strings.Contains(proc, "/") {
			return bad("the proc's name holds a slash: write tcp://host:port/proc")
		}
		return endpoint{"tcp", u.Host, proc}, nil
	case "unix":
		switch {
		case u.Host != "" || !strings.HasPrefix(u.Path, "/"):
			return bad("no absolute path of a socket: write unix:///path/to.sock#proc, with three slashes")
		case u.RawQuery != "" || u.RawPath != "" || strings.ContainsAny(u.Path, "%?#"):
			return bad("the path of a socket must do without %%, ? and #")
		case len(u.Path) > maxSocketPath:
			return bad("the path of a socket can have %d bytes at most, and this one has %d", maxSocketPath, len(u.Path))
		case strings.Contains(u.Fragment, "/"):
			return bad("the proc's name holds a slash: write unix:///path/to.sock#proc")
		}
		return endpoint{"unix", u.Path, u.Fragment}, nil
	case "tls":
		return bad("tls comes in a later version: use tcp:// on this machine, or unix://")
	case "":
		return bad("no scheme: write tcp://host:port/proc or unix:///path/to.sock#proc")
	}
	return bad("scheme %q is neither tcp nor unix", u.Scheme)
}

// String is the inverse of parseAddress.
func (e endpoint) String() string {
	if e.network == "unix" {
		return "unix://" + e.where + "#" + e.proc
	}
	return "tcp://" + e.where + "/" + e.proc
}

// checkPlaintext refuses what would leave the machine unprotected.
func (e endpoint) checkPlaintext(c *config) error {
	if e.network != "tcp" || c.plaintext {
		return nil
	}
	host, _, err := net.SplitHostPort(e.where)
	if err != nil {
		return fmt.Errorf("address %q: %w", e, err)
	}
	if host == "localhost" { // what it resolves to is looked at again once connected
		return nil
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.Unmap().IsLoopback() {
		return nil
	}
	return fmt.Errorf("address %q: plain tcp is for this machine alone, since anybody on the way could read and change it: "+
		"use a loopback address, or say remote.InsecurePlaintext() if the network is trusted", e)
}

// checkNamable tells whether a proc's name can be part of an address.
func checkNamable(proc string) error {
	if proc == "" || !plain(proc) || strings.ContainsAny(proc, "/%?#[]@ ") || len(proc) > maxProcName {
		return fmt.Errorf("proc %.80q cannot be part of an address: name it with letters, digits, dots and dashes", proc)
	}
	return nil
}

// loopback tells whether the other end of a connection is on this machine.
func loopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return !ok || tcp.IP.IsLoopback()
}
