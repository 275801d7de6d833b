package actor

import (
	"fmt"
	"net/url"
	"strings"
)

// splitAddress parts an actor's address into its proc's and the actor's name:
// "tcp://host:port/proc/name" and "unix:///run/bank.sock#proc/name". Names may hold slashes.
func splitAddress(address string) (proc, name string, err error) {
	bad := func(why string) error {
		return NewError(CodeAddress, fmt.Sprintf("address %q: %s: write tcp://host:port/proc/name or unix:///path/to.sock#proc/name",
			address, why), nil)
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", "", bad("not a URL")
	}
	switch u.Scheme {
	case "tcp", "tls":
		if u.Host == "" || u.Port() == "" {
			return "", "", bad("no host and port")
		}
		if u.Fragment != "" {
			return "", "", bad("# and a number is how a ref prints, and names nobody: Handle.Address has the address of a named actor")
		}
		if u.RawQuery != "" || u.User != nil {
			return "", "", bad("more than scheme, host, port and path")
		}
		procName, actorName, ok := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
		if !ok || procName == "" || actorName == "" {
			return "", "", bad("no proc and actor name")
		}
		return u.Scheme + "://" + u.Host + "/" + procName, actorName, nil
	case "unix":
		if u.Host != "" || u.Path == "" {
			return "", "", bad("no absolute path of a socket")
		}
		procName, actorName, ok := strings.Cut(u.Fragment, "/")
		if !ok || procName == "" || actorName == "" {
			return "", "", bad("no proc and actor name after #")
		}
		return "unix://" + u.Path + "#" + procName, actorName, nil
	case "":
		return "", "", bad("no scheme")
	}
	return "", "", bad("scheme " + u.Scheme + " is not known")
}

// joinAddress is the inverse of splitAddress.
func joinAddress(proc, name string) string { return proc + "/" + name }
