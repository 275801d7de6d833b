package remote

import (
	"bytes"
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

var (
	mutations = flag.Int("mutations", 20_000, "how many mutated streams TestMutatedStreams feeds to a proc")
	seed      = flag.Uint64("seed", 1, "what the mutations are made from")
	record    = flag.Bool("record", false, "record testdata/traffic.bin again")
)

// traffic is recorded traffic of a link, both directions: batches, one after the other.
var traffic = filepath.Join("testdata", "traffic.bin")

// A checker is a counter that checks a checksum within its arguments.
type checker struct {
	sample.Counter
	handled, wrong *atomic.Int64
}

func (c *checker) check(text string) {
	c.handled.Add(1)
	data, sum, ok := strings.Cut(text, "#")
	if !ok || sum != strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(data))), 16) {
		c.wrong.Add(1)
	}
}

// summed is a text that checker finds right.
func summed(data string) string {
	return data + "#" + strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(data))), 16)
}

func (c *checker) Add(_ *actor.Context, n int64)                { c.check(summed(strconv.FormatInt(n, 10))) }
func (c *checker) Note(_ *actor.Context, text string)           { c.check(text) }
func (c *checker) Load(_ *actor.Context, big sample.Big)        { c.check(big.Name + big.Tags["sum"]) }
func (c *checker) Total(context.Context) (int64, error)         { return c.handled.Load(), nil }
func (c *checker) Meet(*actor.Context, sample.CounterRef) error { return nil }

func (c *checker) Move(_ context.Context, from, to string, _ int64) error {
	c.check(from + to)
	return nil
}

func (c *checker) Deposit(_ context.Context, amount int64, note string) (int64, error) {
	c.check(note)
	if amount > 1000 {
		return 0, &sample.TooMuch{Asked: amount}
	}
	return amount, nil
}

// recordTraffic has a client use all there is of the actors c and g at p, and returns the batches that went each way.
func recordTraffic(t testing.TB, p *actor.Proc) (toProc, fromProc [][]byte) {
	t.Helper()
	e, err := parseAddress(p.Address())
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	var up, down bytes.Buffer
	var wg sync.WaitGroup
	wg.Go(func() {
		conn, err := ln.Accept()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		to, err := net.Dial(e.network, e.where)
		if err != nil {
			t.Error(err)
			return
		}
		defer to.Close()
		var both sync.WaitGroup
		both.Go(func() { io.Copy(to, io.TeeReader(conn, &up)); to.(*net.TCPConn).CloseWrite() })
		both.Go(func() { io.Copy(conn, io.TeeReader(to, &down)); conn.(*net.TCPConn).CloseWrite() })
		both.Wait()
	})
	client, err := actor.NewProc("client", actor.WithLogger(slog.New(slog.DiscardHandler)), Enable(),
		actor.OnUndelivered(func(*actor.Undelivered) {}))
	if err != nil {
		t.Fatal(err)
	}
	own, err := sample.SpawnCounter(client, "", func() *sample.Counter { return new(sample.Counter) })
	if err != nil {
		t.Fatal(err)
	}
	gate, err := sample.SpawnGate(client, "gate", func() *sample.Gate { return new(sample.Gate) })
	if err != nil {
		t.Fatal(err)
	}
	use := func(ctx context.Context, ref sample.CounterRef) error {
		for i := range 5 {
			text := summed(strings.Repeat("data ", 1+i*i*20))
			ref.Add(ctx, int64(i)<<(10*i))
			ref.Note(ctx, text)
			half := len(text) / 2
			ref.Move(ctx, text[:half], text[half:], 5)
			name, sum, _ := strings.Cut(text, "#")
			ref.Load(ctx, sample.Big{Name: name, Words: [8]int64{1, -2, 3}, Tags: map[string]string{"sum": "#" + sum, "color": "red"}})
			ref.Deposit(ctx, 10, text)
			ref.Deposit(ctx, 5000, text) // an error comes back
			ref.Total(ctx)
		}
		return ref.Meet(ctx, own.Ref())
	}
	ctx, cancel := context.WithTimeout(actor.WithHeader(t.Context(), "trace", "0123456789abcdef"), 20*time.Second)
	defer cancel()
	ref, err := sample.CounterAt(client, "tcp://"+ln.Addr().String()+"/"+p.Name()+"/c")
	if err != nil {
		t.Fatal(err)
	}
	if err := use(t.Context(), ref); err != nil {
		t.Fatal(err)
	}
	if err := gate.Do(ctx, func(ctx *actor.Context) error { return use(ctx, ref) }); err != nil { // with sender, chain, header, deadline
		t.Fatal(err)
	}
	talks, err := sample.GateAt(client, "tcp://"+ln.Addr().String()+"/"+p.Name()+"/g")
	if err == nil {
		err = talkWith(ctx, talks)
	}
	if err != nil {
		t.Fatal(err)
	}
	nobody, err := sample.CounterAt(client, "tcp://"+ln.Addr().String()+"/"+p.Name()+"/nobody")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Note(ctx, "x") // comes back
	nobody.Deposit(ctx, 1, "x")
	if _, err := client.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	batches := func(b *bytes.Buffer) (list [][]byte) {
		if _, err := readHello(b); err != nil {
			t.Fatal(err)
		}
		stream := b.Bytes()
		if stream[0] == wordAsk || stream[0] == wordUse {
			stream = stream[1:]
		}
		for len(stream) > 0 {
			n := batchHeader + int(binary.LittleEndian.Uint32(stream))
			list = append(list, stream[:n:n])
			stream = stream[n:]
		}
		return list
	}
	return batches(&up), batches(&down)
}

func TestRecordedTrafficCanStillBeRead(t *testing.T) {
	if *record {
		c := &checker{handled: new(atomic.Int64), wrong: new(atomic.Int64)}
		p, _ := victimWith(t, func() sample.CounterBehavior { return c })
		spawnTalker(t, p, c)
		up, down := recordTraffic(t, p)
		if err := os.WriteFile(traffic, bytes.Join(append(up, down...), nil), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	hasAllKinds(t, recorded(t))
}

// hasAllKinds checks that the messages can be read, and that all kinds of messages are among them.
func hasAllKinds(t testing.TB, messages [][]byte) {
	t.Helper()
	kinds := make(map[actor.MessageKind]int)
	for _, msg := range messages {
		var env actor.Envelope
		if _, err := readEnvelope(msg, &env); err != nil && msg[0] != byte(kindBye) {
			t.Fatalf("%x: %v", msg, err)
		}
		kinds[env.Kind]++
	}
	for k := actor.MessageCast; k <= actor.MessageOutRoom; k++ {
		if kinds[k] == 0 {
			t.Errorf("no message of kind %d", k)
		}
	}
}

// recorded returns the messages of the recorded traffic.
func recorded(t testing.TB) (messages [][]byte) {
	t.Helper()
	b, err := os.ReadFile(traffic)
	if err != nil {
		t.Fatal(err)
	}
	return messagesOf(t, b)
}

// messagesOf returns the messages of batches.
func messagesOf(t testing.TB, b []byte) (messages [][]byte) {
	t.Helper()
	list, err := readAll(bytes.NewReader(b), 1<<20)
	if err != io.EOF {
		t.Fatal(err)
	}
	for _, m := range list {
		messages = append(messages, []byte(m))
	}
	return messages
}

// A mutator makes bad streams of good ones.
type mutator struct {
	rnd   *rand.Rand
	pools [2][][]byte // the batches to and from the proc
}

// stream returns a mutated stream. If repaired, the checksums are right all the same, so that what is behind them is met.
func (m *mutator) stream(repaired bool) []byte {
	pool := m.pools[0]
	if m.rnd.IntN(5) == 0 {
		pool = m.pools[1]
	}
	at := m.rnd.IntN(len(pool))
	batches := pool[at:min(len(pool), at+1+m.rnd.IntN(12))]
	if !repaired {
		b := bytes.Join(batches, nil)
		for range 1 + m.rnd.IntN(3) {
			b = m.mutate(b, batches)
		}
		return b
	}
	var b []byte
	for _, batch := range batches {
		if m.rnd.IntN(3) > 0 {
			b = append(b, batch...)
			continue
		}
		whole := bytes.Clone(batch[:batchHeader])
		for body := batch[batchHeader:]; len(body) > 0; {
			var msg []byte
			msg, body, _ = nextMessage(body, 1<<20)
			msg = bytes.Clone(msg)
			if m.rnd.IntN(2) == 0 {
				msg = m.mutate(msg, batches)
			}
			n := uint32(len(msg))
			if m.rnd.IntN(20) == 0 {
				n = m.number()
			}
			whole = append(binary.LittleEndian.AppendUint32(whole, n), msg...)
		}
		if len(whole)-batchHeader <= maxBatch(1<<20) {
			b = append(b, sealed(whole)...)
		}
	}
	return b
}

// number returns one that is likely to be wrong in an interesting way.
func (m *mutator) number() uint32 {
	special := []uint32{0, 1, 2, 7, 0x7f, 0x80, 0xff, 0xffff, 1<<20 - 1, 1 << 20, 1<<20 + 1, uint32(maxBatch(1 << 20)), uint32(maxBatch(1<<20) + 1),
		1<<31 - 1, 1 << 31, 1<<32 - 1}
	return special[m.rnd.IntN(len(special))] + uint32(m.rnd.IntN(3)) - 1
}

func (m *mutator) mutate(b []byte, others [][]byte) []byte {
	if len(b) == 0 {
		return b
	}
	cut := func(b []byte) []byte {
		from := m.rnd.IntN(len(b))
		return b[from : from+m.rnd.IntN(len(b)-from+1)]
	}
	at := m.rnd.IntN(len(b))
	switch m.rnd.IntN(8) {
	case 0, 1: // bits
		for range 1 + m.rnd.IntN(8) {
			b[m.rnd.IntN(len(b))] ^= 1 << m.rnd.IntN(8)
		}
	case 2: // the end is missing
		b = b[:at]
	case 3: // a part is missing
		part := cut(b)
		from := cap(b) - cap(part)
		b = append(b[:from:from], b[from+len(part):]...)
	case 4: // a length
		if len(b) >= 4 {
			at = m.rnd.IntN(len(b) - 3)
			if m.rnd.IntN(2) == 0 {
				at = 0
			}
			binary.LittleEndian.PutUint32(b[at:], m.number())
		}
	case 5: // a count
		b = append(b[:at:at], append(binary.AppendUvarint(nil, uint64(m.number())<<m.rnd.IntN(33)), b[min(len(b), at+1):]...)...)
	case 6: // a splice
		b = append(b[:at:at], append(bytes.Clone(cut(others[m.rnd.IntN(len(others))])), b[at:]...)...)
	case 7: // a replay
		b = append(b[:at:at], append(bytes.Clone(cut(b)), b[at:]...)...)
	}
	return b
}

// parity: BT47
func TestMutatedStreamsCostOnlyTheirLink(t *testing.T) {
	for _, repaired := range []bool{false, true} {
		name := "as they are"
		if repaired {
			name = "with checksums repaired"
		}
		t.Run(name, func(t *testing.T) {
			feed(t, repaired, *mutations/2)
		})
	}
}

func feed(t *testing.T, repaired bool, n int) {
	var handled, wrong atomic.Int64
	var victims *transport
	capture := actor.WithTransport(func(old actor.Transport) (actor.Transport, error) {
		victims = old.(*transport)
		return old, nil
	})
	p, err := actor.NewProc("victim", actor.WithLogger(slog.New(slog.DiscardHandler)), Listen("tcp://127.0.0.1:0"), capture)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	c := &checker{handled: &handled, wrong: &wrong}
	if _, err := sample.SpawnCounterAs(p, "c", func() sample.CounterBehavior { return c }); err != nil {
		t.Fatal(err)
	}
	spawnTalker(t, p, c)
	m := &mutator{rnd: rand.New(rand.NewPCG(*seed, 7))}
	m.pools[0], m.pools[1] = recordTraffic(t, p)
	hasAllKinds(t, messagesOf(t, bytes.Join(slices.Concat(m.pools[:]...), nil)))

	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var most uint64
	own := someHello(1)
	for i := range n {
		binary.BigEndian.PutUint64(own.id[:], m.rnd.Uint64())
		smallest := m.rnd.IntN(2) == 0 // and so the arbiter, or the other way round
		if own.id[0] = 0xff; smallest {
			own.id[0] = 0
		}
		hello := appendHello(nil, &own)
		stream := m.stream(repaired)
		if m.rnd.IntN(20) == 0 {
			hello, stream = m.mutate(hello, m.pools[0]), nil
		}
		intrude(t, victims, hello, smallest, stream, m.rnd.IntN(50) == 0)
		for _, l := range victims.all() {
			<-l.done
		}
		if i%200 == 0 {
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
		}
		if i%2000 == 0 {
			works(t, p)
		}
	}
	works(t, p)
	t.Logf("%d streams, %d messages handled, heap at most %d KiB over %d KiB", n, handled.Load(), (most-min(most, before.HeapAlloc))>>10, before.HeapAlloc>>10)
	if n := wrong.Load(); n > 0 && !repaired {
		t.Errorf("%d messages were handled that nobody has sent", n)
	}
	const limits = 1<<20 + batchTarget + 4<<20 // a batch, and the buffer for what is sent
	if most > before.HeapAlloc+limits+16<<20 {
		t.Errorf("the heap grew from %d to %d bytes", before.HeapAlloc, most)
	}
}

// intrude connects to a proc, over a pipe or over tcp, greets it and sends a stream, if there is one. It returns when the
// connection is gone.
func intrude(t *testing.T, victim *transport, hello []byte, arbiter bool, stream []byte, tcp bool) {
	t.Helper()
	var conn net.Conn
	welcomed := make(chan struct{})
	if tcp {
		e, err := parseAddress(victim.own.address)
		if err == nil {
			conn, err = net.Dial(e.network, e.where)
		}
		if err != nil {
			t.Fatal(err)
		}
		close(welcomed)
	} else {
		var inner net.Conn
		conn, inner = net.Pipe()
		conn, inner = tidy{conn}, tidy{inner}
		victim.running.Add(1)
		go func() {
			defer victim.running.Done()
			victim.welcome(victim.stopped, inner)
			close(welcomed)
		}()
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	if stream == nil { // the hello is a bad one
		timer := time.AfterFunc(10*time.Millisecond, func() { conn.Close() }) // it may be longer than what is read of it
		defer timer.Stop()
		conn.Write(hello)
		conn.Close()
		<-welcomed
		return
	}
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		conn.Write(hello)
	}()
	_, err := readHello(conn)
	if err != nil {
		conn.Close()
	}
	<-sent
	word := wordAsk
	if arbiter {
		word = wordUse
	}
	conn.Write([]byte{byte(word)})
	if err == nil && !arbiter {
		_, err = readWord(conn)
	}
	<-welcomed
	if err != nil {
		return
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		io.Copy(io.Discard, conn)
	}()
	conn.Write(stream)
	conn.Close()
	<-read
}

// A tidy pipe has no deadlines: their timers would keep it in memory for long after its end, as those of sockets do not.
type tidy struct{ net.Conn }

func (tidy) SetDeadline(time.Time) error      { return nil }
func (tidy) SetReadDeadline(time.Time) error  { return nil }
func (tidy) SetWriteDeadline(time.Time) error { return nil }

func TestArgumentsKeptFromManyCastsAreUnchanged(t *testing.T) {
	const n = 100_000
	type kept struct {
		note string
		big  sample.Big
	}
	var all []kept
	done := make(chan struct{})
	k := &keeper{note: func(text string) { all = append(all, kept{note: text}) }, load: func(big sample.Big) { all = append(all, kept{big: big}) },
		over: func() { close(done) }}
	p, err := actor.NewProc("server", actor.WithLogger(slog.New(slog.DiscardHandler)), Listen("tcp://127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, err := sample.SpawnCounterAs(p, "c", func() sample.CounterBehavior { return k }, actor.MailboxSize(2*n)); err != nil {
		t.Fatal(err)
	}
	client, err := actor.NewProc("client", actor.WithLogger(slog.New(slog.DiscardHandler)), Enable())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ref, err := sample.CounterAt(client, p.Address()+"/c")
	if err != nil {
		t.Fatal(err)
	}
	text := func(i int) string { return fmt.Sprint("message ", i, strings.Repeat(".", i%50)) }
	for i := range n {
		if i%2 == 0 {
			err = ref.Note(t.Context(), text(i))
		} else {
			err = ref.Load(t.Context(), sample.Big{Name: text(i), Words: [8]int64{int64(i)}, Tags: map[string]string{text(i): text(i + 1)}})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := ref.Add(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	<-done
	if len(all) != n {
		t.Fatalf("%d casts were handled, of %d", len(all), n)
	}
	for i, got := range all {
		if i%2 == 0 && got.note != text(i) || i%2 == 1 && (got.big.Name != text(i) || got.big.Words[0] != int64(i) || got.big.Tags[text(i)] != text(i+1)) {
			t.Fatalf("cast %d is now %+v", i, got)
		}
	}
}

// A keeper hands on what it gets.
type keeper struct {
	sample.Counter
	note func(string)
	load func(sample.Big)
	over func()
}

func (k *keeper) Note(_ *actor.Context, text string)    { k.note(text) }
func (k *keeper) Load(_ *actor.Context, big sample.Big) { k.load(big) }
func (k *keeper) Add(*actor.Context, int64)             { k.over() }
