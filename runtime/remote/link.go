package remote

import (
	"context"
	"encoding/binary"
	"net"
	"sync"
	"sync/atomic"

	"github.com/actorgen/actorgen/runtime/actor"
)

// A receiver is the proc's side of a link: an *actor.Peer.
type receiver interface {
	Receive(env *actor.Envelope, payload []byte) error
	Lost(err error)
}

// A writer says who may write to the connection.
type writer uint8

const (
	nobody    writer = iota // then the buffer is empty
	committer               // the goroutine that committed, which never blocks on it
	flusher                 // the link's goroutine for it, which may
)

// A link is the connection to another proc. It implements actor.Link.
//
// Messages are collected in buf while out is being written; whoever becomes the writer swaps the two.
type link struct {
	conn   net.Conn
	try    *tryWriter // nil if the connection cannot be written to without blocking
	peer   *actor.Peer
	sink   receiver
	unsent func(*actor.Envelope, error) // told of what was committed and never written
	remote hello
	config *config
	send   int // the longest message that both sides take

	live  atomic.Bool   // the link may be used
	route route         // to it, by its proc
	gone  chan struct{} // closed when the link is lost
	wake  chan struct{} // tells the flusher that it is the writer
	room  chan struct{} // tells the reader that the buffer has room again
	done  chan struct{} // closed when the link's goroutines have ended and everybody was told

	flushed chan struct{} // closed when the last message was written

	arrived atomic.Uint64 // reads that brought something
	crowded atomic.Bool   // more than one message comes at a time
	paused  atomic.Bool   // the reader waits until what it caused to be sent was taken
	pulse   pulse         // the keepalive goroutine's

	mu        sync.Mutex // held from Begin to Commit or Abort
	lost      error      // why the link is no more
	closing   bool       // the last message is in the buffer
	byeSent   bool       // and was written
	probing   bool       // an answer to a probe is due
	writer    writer
	idle      sync.Cond // there is nobody writing, and the link is lost
	buf, out  []byte
	written   int // how much of out was
	batch     int // where the open batch of buf begins, or -1
	message   int // where the message of this Begin begins
	kind      actor.MessageKind
	fresh     bool   // the message of this Begin opened the batch
	slot      *slot  // where to note the schema that travels with it
	sent      slot   // what to note there
	committed uint64 // messages and pings so far
	progress  uint64 // bytes written so far
	messages  lobby  // calls and casts that wait for room
	values    lobby  // values of sessions
	schemas   [128]slot
}

// A slot remembers that a handler's schema was sent. Two handlers may share one: then it is sent more than once.
type slot struct{ handler, schema uint64 }

func newLink(conn net.Conn, own, other hello, c *config) *link {
	l := &link{
		conn: conn, try: newTryWriter(conn), remote: other, config: c, send: min(own.maxFrame, other.maxFrame),
		gone: make(chan struct{}), wake: make(chan struct{}, 1), room: make(chan struct{}, 1),
		done: make(chan struct{}), flushed: make(chan struct{}), batch: -1,
		writer: flusher, // nothing is written before the handshake's end: start is what wakes it
	}
	l.idle.L = &l.mu
	l.messages.limit, l.values.limit = l.config.buffer, l.config.buffer/valuesShare
	l.route.link = l
	l.live.Store(true)
	return l
}

// Peer returns the proc's value for the other end.
func (l *link) Peer() *actor.Peer { return l.peer }

// urgent tells whether somebody is likely to wait for a message of kind k: then whoever commits it writes it.
func urgent(k actor.MessageKind) bool {
	switch k {
	case actor.MessageCall, actor.MessageAnswer, actor.MessageError, actor.MessageOpened, actor.MessageInEnd:
		return true
	}
	return false
}

// Begin locks the buffer and appends env.
func (l *link) Begin(ctx context.Context, env *actor.Envelope) ([]byte, error) {
	if env.ToName != "" || env.Chain != nil || env.Headers != nil {
		if err := checkEnvelope(env); err != nil {
			return nil, err
		}
	}
	l.mu.Lock()
	if r := l.lobbyOf(env.Kind); r != nil && l.mustWait(r) {
		if err := l.waitForRoom(ctx, r); err != nil { // it has unlocked
			return nil, err
		}
	}
	if l.lost != nil || l.closing {
		err := l.refusal()
		l.mu.Unlock()
		return nil, err
	}
	b := l.open()
	l.kind = env.Kind
	l.slot = nil
	if env.Schema != 0 && env.Kind != actor.MessageReturn {
		l.sent = slot{env.Handler, env.Schema}
		if s := &l.schemas[env.Handler*0x9e3779b97f4a7c15>>57]; *s != l.sent {
			l.slot = s
		}
	}
	return appendEnvelope(b, env, l.slot != nil || env.Kind == actor.MessageReturn), nil
}

// open appends the headers of a message, and of a batch if none is open. The lock is held.
func (l *link) open() []byte {
	b := l.buf
	l.fresh = l.batch < 0
	if l.fresh {
		l.batch = len(b)
		b = append(b, 0, 0, 0, 0, 0, 0, 0, 0)
	}
	l.message = len(b)
	return append(b, 0, 0, 0, 0)
}

// close ends the message that open has begun.
func (l *link) close(b []byte) {
	binary.LittleEndian.PutUint32(b[l.message:], uint32(len(b)-l.message-messageHeader))
	if n := len(b) - l.batch - batchHeader; n >= batchTarget {
		l.endBatch(b)
	}
	l.buf = b
	l.committed++
}

func (l *link) endBatch(b []byte) {
	binary.LittleEndian.PutUint32(b[l.batch:], uint32(len(b)-l.batch-batchHeader))
	l.batch = -1
}

// Commit ends the message, and sees to it that it is written.
func (l *link) Commit(b []byte) error {
	if n := len(b) - l.message - messageHeader; n > l.send {
		l.takeBack(b)
		l.mu.Unlock()
		return tooLarge("the message has %d bytes, and the limit of the link to proc %q is %d: raise it with remote.MaxFrame on both sides, "+
			"or send less at a time", n, l.remote.name, l.send)
	}
	if l.kind == actor.MessageAnswer && l.queued()+len(b)-len(l.buf) > l.config.hardLimit() {
		n := l.queued()
		l.takeBack(b)
		l.mu.Unlock()
		return tooLarge("answers of %d bytes wait already for proc %q, which does not take them as fast as it asks", n, l.remote.name)
	}
	if l.slot != nil {
		*l.slot = l.sent
	}
	l.close(b)
	switch {
	case l.writer != nobody:
		l.mu.Unlock()
	case urgent(l.kind) && l.try != nil && !l.crowded.Load():
		l.writeNow()
	default:
		l.handOver()
		l.mu.Unlock()
	}
	return nil
}

// Abort takes the message back.
func (l *link) Abort() {
	l.takeBack(l.buf)
	l.mu.Unlock()
}

// takeBack removes the message that was appended to the buffer; b is what its payload was appended to.
func (l *link) takeBack(b []byte) {
	at := l.message
	if l.fresh {
		at, l.batch = l.batch, -1
	}
	if cap(b) <= cap(l.buf)+2*l.send {
		l.buf = b[:at] // else the message was so large that its buffer is not worth keeping
	}
}

// queued is how many bytes are not written yet. The lock is held.
func (l *link) queued() int { return len(l.buf) + len(l.out) - l.written }

// start begins to read and write. When the link is lost and nobody writes any more it calls forget, then tells everybody.
func (l *link) start(forget func(*link)) {
	go l.flush()
	l.mu.Lock()
	l.handOver()
	l.mu.Unlock()
	go func() {
		l.fail(l.read())
		l.end(forget)
	}()
}
