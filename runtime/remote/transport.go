package remote

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"

	"github.com/actorgen/actorgen/runtime/actor"
)

// A transport is the actor.Transport of one proc: its listeners, and its links by proc and by address.
type transport struct {
	config *config
	proc   *actor.Proc
	log    *slog.Logger
	own    hello

	stopped context.Context // ends when Stop begins
	cancel  context.CancelFunc
	running sync.WaitGroup // links, dials, listeners and their handshakes, and the keepalive goroutine

	mu        sync.RWMutex
	stopping  bool
	links     map[actor.UUID]*link
	byAddress map[string]*route // who has answered there
	dials     map[string]*dial
	linked    chan struct{} // closed and replaced when there is a new link
	listeners []*listener

	recent atomic.Pointer[route] // what was asked for last
}

// A route is a link as it was found: by its proc, or by an address.
type route struct {
	link    *link
	address string // empty if found by its proc
}

func newTransport(c *config) *transport {
	t := &transport{
		config: c, links: make(map[actor.UUID]*link), byAddress: make(map[string]*route),
		dials: make(map[string]*dial), linked: make(chan struct{}),
	}
	t.stopped, t.cancel = context.WithCancel(context.Background())
	return t
}

// Start begins to listen.
func (t *transport) Start(p *actor.Proc) ([]string, error) {
	t.proc, t.log = p, p.Logger()
	t.own = hello{id: p.ID(), name: p.Name(), maxFrame: t.config.maxFrame, keepAlive: t.config.keepAlive}
	if p.Name() == "" || !plain(p.Name()) || len(p.Name()) > maxProcName {
		return nil, fmt.Errorf("remote: proc %.80q needs a printable name that others can tell it by", p.Name())
	}
	var addresses []string
	for _, url := range t.config.listen {
		ln, err := t.listen(url)
		if err != nil {
			for _, ln := range t.listeners {
				ln.close()
			}
			t.cancel()
			return nil, fmt.Errorf("remote: listening: %w", err)
		}
		t.listeners = append(t.listeners, ln)
		addresses = append(addresses, ln.address)
	}
	if len(addresses) > 0 {
		t.own.address = addresses[0]
	}
	t.running.Add(1 + len(t.listeners))
	for _, ln := range t.listeners {
		go t.serve(ln)
	}
	go func() {
		defer t.running.Done()
		t.keepAlive()
	}()
	return addresses, nil
}

// Check tells whether address is one that can be dialed.
func (t *transport) Check(address string) error {
	e, err := parseAddress(address)
	if err == nil {
		err = e.checkPlaintext(t.config)
	}
	if err != nil {
		return actor.NewError(actor.CodeAddress, err.Error(), nil)
	}
	return nil
}

// Link returns the link to proc, or to whoever answers at address.
func (t *transport) Link(ctx context.Context, address string, proc actor.UUID) (actor.Link, error) {
	if r := t.recent.Load(); r != nil && r.link.live.Load() {
		if r.link.remote.id == proc || proc.IsZero() && r.address == address && address != "" {
			return r.link, nil
		}
	}
	l, err := t.find(ctx, address, proc)
	if err != nil {
		return nil, err
	}
	return l, nil
}

func (t *transport) find(ctx context.Context, address string, proc actor.UUID) (*link, error) {
	t.mu.RLock()
	l := t.links[proc]
	r := t.byAddress[address]
	t.mu.RUnlock()
	switch {
	case l != nil && l.live.Load():
		t.recent.Store(&l.route)
		return l, nil
	case address == "":
		return nil, actor.NewError(actor.CodeUnreachable, fmt.Sprintf("there is no link to proc %v, and it has no address to dial", proc), nil)
	case r != nil && r.link.live.Load():
		l = r.link
		if proc.IsZero() {
			t.recent.Store(r)
			return l, nil
		}
	default:
		var err error
		if l, err = t.dial(ctx, address); err != nil {
			return nil, err
		}
	}
	if !proc.IsZero() && l.remote.id != proc {
		return nil, actor.NewError(actor.CodeUnreachable, fmt.Sprintf("another proc answers at %s now: %v, where %v was: it has started again, "+
			"and its actors are others: get new refs", address, l.remote.id, proc), nil)
	}
	return l, nil
}

// Stop closes everything, and waits until all of it has ended.
func (t *transport) Stop(ctx context.Context) {
	t.mu.Lock()
	t.stopping = true
	t.mu.Unlock()
	t.cancel()
	for _, ln := range t.listeners {
		ln.close()
	}
	for _, l := range t.all() {
		go l.shutdown(ctx)
	}
	t.running.Wait()
}

// all returns the links.
func (t *transport) all() []*link {
	t.mu.RLock()
	defer t.mu.RUnlock()
	links := make([]*link, 0, len(t.links))
	for _, l := range t.links {
		links = append(links, l)
	}
	return links
}

// forget removes a link that is lost, and says so.
func (t *transport) forget(l *link) {
	t.mu.Lock()
	if t.links[l.remote.id] == l {
		delete(t.links, l.remote.id)
	}
	for address, r := range t.byAddress {
		if r.link == l {
			delete(t.byAddress, address)
		}
	}
	t.mu.Unlock()
	if r := t.recent.Load(); r != nil && r.link == l {
		t.recent.CompareAndSwap(r, nil)
	}
	go func() {
		<-l.done
		t.running.Done()
	}()
	l.mu.Lock()
	why := l.reason()
	l.mu.Unlock()
	level := slog.LevelWarn
	if why == errStopping || why == errBye {
		level = slog.LevelDebug
	}
	t.log.Log(context.Background(), level, "link lost", "peer", l.remote.name, "id", l.remote.id.String(),
		"remote", remoteName(l.conn), "reason", why)
}

// remoteName is the other end of a connection, for logs.
func remoteName(conn net.Conn) string {
	if a := conn.RemoteAddr(); a != nil && a.String() != "" && a.String() != "@" {
		return a.String()
	}
	return "a local process"
}
