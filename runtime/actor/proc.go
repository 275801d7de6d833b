package actor

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A Proc hosts actors and is addressable as a whole. One operating system process may hold several.
type Proc struct {
	name   string
	id     UUID
	logger *slog.Logger
	sched  *scheduler

	names      names
	serials    serials
	lastSerial atomic.Uint64
	errorVars  errorVars
	known      sync.Map // *kindInfo: kinds that learn has seen
	handlers   sync.Map // handler id: its name, for reports
	ports      sync.Map // serial: a wirePortQueue, of opened ports that other procs can send to
	typed      sync.Map // what there is one of for each type: pumps
	topics     topics

	regroups  sync.Mutex
	tree      sync.Mutex
	firstRoot *core
	walks     *walk          // through the tree, under way; under tree
	index     *index         // nil until a tool asks for it; under tree
	indexing  sync.Mutex     // held while it is made
	ended     endedActors    // under tree
	actors    int            // that have not ended, or whose end is not told yet; under tree
	closed    bool           // takes no more actors; under tree
	empty     chan struct{}  // closed when closed and no actors are left; under tree
	last      *core          // the root actor that the shutdown leaves to the end, the coordinator, or nil; under tree
	rest      chan struct{}  // closed when closed and no root actor but that is left; under tree
	stopped   []stoppedActor // ended since closed; under tree

	queued    atomic.Int64 // bytes of mailboxes' blocks
	maxQueued int64
	drops     [len(codeNames)]atomic.Uint64

	recorded      int // log records to keep of each actor
	isolated      bool
	senders       []SendInterceptor
	send          SendFunc // what they make together; nil without any
	detour        bool     // messages do not go straight to a mailbox: isolated, or their sending is intercepted
	defaults      *spawnConfig
	onUndelivered func(*Undelivered)
	rootPolicy    RootPolicy
	transport     Transport
	makeTransport []func(Transport) (Transport, error)
	addresses     []string

	coordination coordination
	couriers     couriers

	mu        sync.Mutex
	failures  []Failure
	attached  attachments // what belongs to the proc and to no actor
	detached  bool        // takes no more of these
	hung      map[hungIn]hung
	hungTasks map[*Task]hung
	allBack   chan struct{} // closed when none is left, if a shutdown waits
	shutdown  chan struct{} // closed when the shutdown is over; nil before it begins
	hurry     chan struct{} // closed when the shutdown is to kill what is left
	report    *ShutdownReport
	err       error
	done      chan struct{}
	crash     func(error)
}

// A ProcOption is a property of a proc.
type ProcOption interface {
	applyProc(*Proc) error
}

type procOption func(*Proc) error

func (o procOption) applyProc(p *Proc) error { return o(p) }

// WithLogger sets the logger: slog.Default() unless set.
func WithLogger(l *slog.Logger) ProcOption {
	return procOption(func(p *Proc) error {
		if l != nil {
			p.logger = l
		}
		return nil
	})
}

// MaxQueued bounds the memory for waiting messages of all actors of the proc, in bytes of mailbox: 1 GiB unless set.
// A message that would exceed it is refused with ErrMailboxFull. An actor's first waiting message is not counted,
// nor is what arguments point to.
func MaxQueued(bytes int64) ProcOption {
	return procOption(func(p *Proc) error {
		if bytes <= 0 {
			return NewError(CodeMisuse, fmt.Sprintf("MaxQueued(%d): it must be positive", bytes), nil)
		}
		p.maxQueued = bytes
		return nil
	})
}

// OnUndelivered sets what is called for messages that were lost after they were accepted, if their sender is no actor. Unless
// set, and for actors without HandleUndelivered, they are logged. f must be quick and safe for concurrent use, and not wait for
// the proc's shutdown.
func OnUndelivered(f func(*Undelivered)) ProcOption {
	return procOption(func(p *Proc) error { p.onUndelivered = f; return nil })
}

// Isolated sends every message and result through the codec, also within the proc, so that tests see what would
// happen between procs. Local handlers are left out.
func Isolated() ProcOption {
	return procOption(func(p *Proc) error { p.isolated, p.detour = true, true; return nil })
}

// A RootPolicy says what becomes of a proc when a root actor fails for good.
type RootPolicy uint8

// The policies. The zero value logs the failure and keeps it in Failures.
const (
	// StopProc stops the proc: its Err is the failure.
	StopProc RootPolicy = 1 + iota
	// CrashProcess ends the operating system's process with exit code 1.
	CrashProcess
)

// OnRootFailure sets what happens, beside the log and Failures, when a root actor fails for good: its strategy gives up or is
// Escalate, and the Coordinator, if the proc has one, does not handle it.
func OnRootFailure(policy RootPolicy) ProcOption {
	return procOption(func(p *Proc) error { p.rootPolicy = policy; return nil })
}

// WithTransport adds a way to other procs. Options of packages that have one build on it; each gets the transport
// that those before it have made, or nil.
func WithTransport(build func(old Transport) (Transport, error)) ProcOption {
	return procOption(func(p *Proc) error { p.makeTransport = append(p.makeTransport, build); return nil })
}

// NewProc starts a proc. The name is part of its addresses, and must not be empty nor hold a slash or #.
func NewProc(name string, opts ...ProcOption) (*Proc, error) {
	if name == "" || badName(name) {
		return nil, NewError(CodeMisuse, fmt.Sprintf("starting proc %q: the name must not be empty nor hold a /, # or a space", name), nil)
	}
	p := &Proc{
		name:      name,
		id:        newUUID(),
		logger:    slog.Default(),
		sched:     newScheduler(),
		maxQueued: 1 << 30,
		defaults:  &defaultSpawnConfig,
		recorded:  64,
		done:      make(chan struct{}),
		crash:     func(error) { os.Exit(1) },
	}
	p.couriers.proc, p.couriers.wake = p, make(chan struct{}, 1)
	p.names.init()
	p.serials.init()
	for _, o := range opts {
		if o == nil {
			continue
		}
		if err := o.applyProc(p); err != nil {
			return nil, fmt.Errorf("starting proc %s: %w", name, err)
		}
	}
	if err := p.defaults.chain.wrap(); err != nil {
		return nil, fmt.Errorf("starting proc %s: %w", name, err)
	}
	if err := p.wrapSends(); err != nil {
		return nil, fmt.Errorf("starting proc %s: %w", name, err)
	}
	p.logger = p.logger.With("proc", name)
	for _, build := range p.makeTransport {
		t, err := build(p.transport)
		if err != nil {
			return nil, fmt.Errorf("starting proc %s: %w", name, err)
		}
		p.transport = t
	}
	if p.transport != nil {
		addresses, err := p.transport.Start(p)
		if err != nil {
			return nil, fmt.Errorf("starting proc %s: %w", name, err)
		}
		p.addresses = addresses
	}
	return p, nil
}

func badName(name string) bool {
	for _, r := range name {
		if r == '/' || r == '#' || r == '?' || r == '%' || r <= ' ' {
			return true
		}
	}
	return false
}

// Name returns the proc's name.
func (p *Proc) Name() string { return p.name }

// ID returns the id of this run of the proc: one that is started again has another.
func (p *Proc) ID() UUID { return p.id }

// Logger returns the logger, with the proc's name.
func (p *Proc) Logger() *slog.Logger { return p.logger }

// Address returns the address that others dial, without an actor's name: "tcp://127.0.0.1:7000/bank". It is empty if
// the proc does not listen.
func (p *Proc) Address() string {
	if len(p.addresses) == 0 {
		return ""
	}
	return p.addresses[0]
}

// owns tells whether an address, without an actor's name, is the proc's own.
func (p *Proc) owns(address string) bool { return slices.Contains(p.addresses, address) }

// learn makes a kind's error variables and handlers known.
func (p *Proc) learn(k *kindInfo) {
	if _, known := p.known.Load(k); known {
		return
	}
	if _, known := p.known.LoadOrStore(k, nil); known {
		return
	}
	p.errorVars.learn(k.errors)
	for op, h := range k.handlers {
		if h.ID != 0 {
			p.handlers.Store(h.ID, k.what(uint16(op)))
		}
	}
}

// A Failure is a root actor's end by a failure.
type Failure struct {
	ID   ID
	Name string
	Kind string
	Err  error
	// At is when the actor ended.
	At time.Time
	// Handled tells that the proc's Coordinator has handled it.
	Handled bool

	exit *Exit
}

// Report tells of the failure in several lines, down to its root cause: see Exit.Report. It is empty for the zero value.
func (f Failure) Report() string {
	if f.exit == nil {
		return ""
	}
	return f.exit.Report()
}

// Failures returns the root actors that have ended as failed, in order, at most the first 1,000. One whose Spawn has returned
// the error is not among them.
func (p *Proc) Failures() []Failure {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Failure(nil), p.failures...)
}

const maxFailures = 1000

// noteFailure keeps the failure of a root actor.
func (p *Proc) noteFailure(c *core, sd *side) {
	ev := c.exit(sd, time.Now())
	p.mu.Lock()
	if len(p.failures) < maxFailures {
		p.failures = append(p.failures, Failure{
			ID: c.id(), Name: c.name, Kind: c.kind().name, Err: ev.Status.Cause, At: ev.At, exit: ev,
		})
	}
	p.mu.Unlock()
	p.logger.Error("a root actor has failed for good", "actor", c.label(), "err", ev.Status.Cause, "root", ev.Root().c.label())
}

// noteHandled keeps that the coordinator has handled it.
func (p *Proc) noteHandled(id ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.failures {
		if p.failures[i].ID == id {
			p.failures[i].Handled = true
		}
	}
}

// rootFailed does what the root policy says.
func (p *Proc) rootFailed(c *core, f *failure) {
	switch p.rootPolicy {
	case StopProc:
		p.fail(fmt.Errorf("root actor %s failed: %w", c.label(), f.err))
	case CrashProcess:
		p.crash(f.err)
	}
}

// fail stops the proc for a reason.
func (p *Proc) fail(err error) {
	p.mu.Lock()
	if p.err == nil && p.shutdown == nil {
		p.err = err
	}
	p.mu.Unlock()
	go p.shutDown(context.Background())
}

// logFailure logs why an incarnation ends.
func (p *Proc) logFailure(c *core, f *failure) {
	args := []any{"err", f.err, "actor", c.label(), "id", c.id().String()}
	if f.op != noOp {
		args = append(args, "handler", c.kind().what(f.op))
	}
	if stack := stackOf(f.err); stack != "" {
		args = append(args, "stack", stack)
	}
	p.logger.Error("an actor has failed", args...)
}
