package remote

import (
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/actorgen/actorgen/codec"
	"github.com/actorgen/actorgen/runtime/actor"
)

// Limits of what options set.
const (
	minFrame     = 4 << 10
	maxMaxFrame  = 64 << 20
	minBuffer    = 64 << 10
	minKeepAlive = 10 * time.Millisecond
	maxKeepAlive = 10 * time.Minute
)

// A config is what the options of a proc's transport amount to.
type config struct {
	listen    []string
	advertise string
	plaintext bool
	maxFrame  int
	buffer    int
	keepAlive time.Duration
	handshake time.Duration
	problem   error
}

func defaults() *config {
	return &config{maxFrame: codec.MaxFrame, buffer: 4 << 20, keepAlive: 10 * time.Second, handshake: 5 * time.Second}
}

// hardLimit is how many unwritten bytes there may be at most with answers, which do not wait for room.
func (c *config) hardLimit() int { return 4 * c.buffer }

// silence is how long nothing may be heard from, or taken by, a peer with that keepalive interval.
func (c *config) silence(keepAlive time.Duration) time.Duration {
	return 3 * max(c.keepAlive, keepAlive)
}

// An Option sets something for all links of a proc, whichever Listen or Enable it is given to. Of two that set the same,
// the later counts.
type Option func(*config)

// MaxFrame sets the largest message that the proc sends or takes, envelope included, in bytes: from 4 KiB to 64 MiB.
// Without it, that is codec.MaxFrame, 1 MiB. On a link the smaller value of its two procs counts. A message that is
// too large fails with actor.CodeTooLarge at its sender.
func MaxFrame(bytes int) Option {
	return func(c *config) {
		c.maxFrame = bytes
		c.check(bytes >= minFrame && bytes <= maxMaxFrame, "MaxFrame(%d): from %d to %d bytes", bytes, minFrame, maxMaxFrame)
	}
}

// Buffer sets how many bytes of a link may wait to be written before calls and casts wait too, until there is room or
// their context ends: 64 KiB at least. Without it, that is 4 MiB.
func Buffer(bytes int) Option {
	return func(c *config) {
		c.buffer = bytes
		c.check(bytes >= minBuffer && bytes <= 1<<30, "Buffer(%d): from %d bytes to 1 GiB", bytes, minBuffer)
	}
}

// KeepAlive sets how long a link may be idle before the proc says that it is still there: from 10 ms to 10 minutes.
// Without it, that is 10 s. A link is given up when nothing was heard for three times the larger interval of its two procs.
func KeepAlive(interval time.Duration) Option {
	return func(c *config) {
		c.keepAlive = interval
		c.check(interval >= minKeepAlive && interval <= maxKeepAlive, "KeepAlive(%v): from %v to %v", interval, minKeepAlive, maxKeepAlive)
	}
}

// HandshakeTimeout sets how long connecting to another proc and agreeing with it may take. Without it, that is 5 s.
func HandshakeTimeout(d time.Duration) Option {
	return func(c *config) {
		c.handshake = d
		c.check(d > 0, "HandshakeTimeout(%v): more than nothing", d)
	}
}

// InsecurePlaintext allows plain tcp to and from other machines. Whoever can reach the port can then send to every actor
// of the proc, and whoever is on the way can read and change what is sent. Without it, tcp works on loopback
// addresses alone.
func InsecurePlaintext() Option {
	return func(c *config) { c.plaintext = true }
}

// Advertise sets the host, or host and port, under which others reach a tcp listener, in place of what it
// listens on. It is needed with a listener on all addresses of the machine, as tcp://0.0.0.0:7000.
func Advertise(hostport string) Option {
	return func(c *config) {
		c.advertise = hostport
		host, _, err := net.SplitHostPort(hostport)
		if err != nil {
			host = hostport
		}
		c.check(host != "" && !strings.ContainsAny(hostport, "/?#@% "), "Advertise(%q): a host, or host:port", hostport)
	}
}

func (c *config) check(ok bool, format string, args ...any) {
	if !ok && c.problem == nil {
		c.problem = fmt.Errorf("remote."+format, args...)
	}
}

// Listen makes a proc reachable for others at url, and lets it reach them: "tcp://127.0.0.1:7000", where port 0 is any
// free one, or "unix:///run/bank.sock". The proc's name is appended to make its address. It can be given more than
// once; the first one is the address that refs carry.
//
// A socket file that nobody serves any more is replaced, and the proc's own is removed when it shuts down.
func Listen(url string, opts ...Option) actor.ProcOption {
	return with(func(c *config) { c.listen = append(c.listen, url) }, opts)
}

// Enable lets a proc reach others, without being reachable at an address of its own. Those it has reached can send to
// its actors, over the link that it made.
func Enable(opts ...Option) actor.ProcOption {
	return with(func(*config) {}, opts)
}

func with(first Option, opts []Option) actor.ProcOption {
	return actor.WithTransport(func(old actor.Transport) (actor.Transport, error) {
		t, ok := old.(*transport)
		if !ok {
			if old != nil {
				return nil, fmt.Errorf("remote: the proc has another transport already, a %T", old)
			}
			t = newTransport(defaults())
		}
		first(t.config)
		for _, o := range opts {
			o(t.config)
		}
		return t, t.config.problem
	})
}
