package remote_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
	"github.com/actorgen/actorgen/runtime/remote"
)

// The benchmarks run two processes. Each has a floor beside it: frames of the same payload over the same kind of
// socket, with nothing around them. Their receiver gives each payload memory of its own, as anyone must who keeps it.

const payloadSize = 64

// remoteTally starts the other process and returns a ref to its actor.
func remoteTally(b *testing.B, network string) sample.CounterRef {
	b.Helper()
	url := network + "://" + where(b, network)
	_, address := startChild(b, "proc "+url)
	p, err := actor.NewProc("bench", actor.WithLogger(quiet), remote.Enable())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { p.Shutdown(context.Background()) })
	ref, err := sample.CounterAt(p, address+"/tally")
	if err != nil {
		b.Fatal(err)
	}
	return ref
}

// handled asks how many messages were handled, which is after all that this goroutine has sent before.
func handled(b *testing.B, ref sample.CounterRef) int64 {
	b.Helper()
	n, err := ref.Total(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func BenchmarkRemoteCast(b *testing.B) {
	for _, network := range []string{"tcp", "unix"} {
		b.Run(network, func(b *testing.B) {
			ref := remoteTally(b, network)
			ctx := b.Context()
			text := strings.Repeat("x", payloadSize)
			sent := 0
			send := func() {
				if err := ref.Note(ctx, text); err != nil {
					b.Fatal(err)
				}
				if sent++; sent%window == 0 {
					handled(b, ref)
				}
			}
			for sent < 8*window { // the link's buffers grow to what a fast sender needs
				send()
			}
			before := handled(b, ref)
			b.ReportAllocs()
			for b.Loop() {
				send()
			}
			b.StartTimer() // until the last is handled
			n := handled(b, ref) - before
			b.StopTimer()
			if n != int64(b.N) {
				b.Fatalf("%d sent, %d handled", b.N, n)
			}
		})
		b.Run(network+"/floor", func(b *testing.B) {
			raw := dialRaw(b, network)
			payload := make([]byte, payloadSize)
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				raw.send(rawCast, 0, payload, false)
			}
			raw.send(rawCount, 0, nil, true)
			if n := <-raw.replies[0]; n != uint64(b.N) {
				b.Fatalf("%d sent, %d handled", b.N, n)
			}
		})
	}
}

func BenchmarkRemoteCall(b *testing.B) {
	for _, network := range []string{"tcp", "unix"} {
		for _, c := range []struct {
			name    string
			callers int
		}{{"sequential", 1}, {"callers=64", 64}} {
			b.Run(network+"/"+c.name, func(b *testing.B) {
				ref := remoteTally(b, network)
				ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
				defer cancel()
				note := strings.Repeat("x", payloadSize)
				before := handled(b, ref)
				b.ReportAllocs()
				b.ResetTimer()
				var wg sync.WaitGroup
				for i := range c.callers {
					wg.Go(func() {
						for range share(b.N, c.callers, i) {
							if _, err := ref.Deposit(ctx, 1, note); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				wg.Wait()
				b.StopTimer()
				if n := handled(b, ref) - before; n != int64(b.N) {
					b.Fatalf("%d sent, %d handled", b.N, n)
				}
			})
			b.Run(network+"/"+c.name+"/floor", func(b *testing.B) {
				raw := dialRaw(b, network)
				payload := make([]byte, payloadSize)
				b.ReportAllocs()
				b.ResetTimer()
				var wg sync.WaitGroup
				for i := range c.callers {
					wg.Go(func() {
						for range share(b.N, c.callers, i) {
							raw.send(rawCall, uint32(i), payload, true)
							<-raw.replies[i]
						}
					})
				}
				wg.Wait()
				b.StopTimer()
				raw.send(rawCount, 0, nil, true)
				if n := <-raw.replies[0]; n != uint64(b.N) {
					b.Fatalf("%d sent, %d handled", b.N, n)
				}
			})
		}
	}
}

// share parts n operations between callers.
func share(n, callers, i int) int {
	if i < n%callers {
		return n/callers + 1
	}
	return n / callers
}

// The floor's frames: length, kind, number, payload.
const (
	rawCast = iota
	rawCall
	rawReply
	rawCount // asks for the number of casts and calls
)

const rawHeader = 4 + 1 + 4

// A rawConn is the floor: whoever finds nobody writing writes what was collected.
type rawConn struct {
	conn    net.Conn
	replies [64]chan uint64

	mu         sync.Mutex
	room       sync.Cond
	buf, spare []byte
	writing    bool
}

func newRaw(conn net.Conn) *rawConn {
	c := &rawConn{conn: conn}
	c.room.L = &c.mu
	return c
}

func (c *rawConn) send(kind byte, number uint32, payload []byte, flush bool) {
	c.mu.Lock()
	for len(c.buf) > 256<<10 && c.writing {
		c.room.Wait()
	}
	c.buf = binary.LittleEndian.AppendUint32(c.buf, uint32(rawHeader-4+len(payload)))
	c.buf = append(c.buf, kind)
	c.buf = binary.LittleEndian.AppendUint32(c.buf, number)
	c.buf = append(c.buf, payload...)
	if c.writing || !flush && len(c.buf) < 64<<10 {
		c.mu.Unlock()
		return
	}
	c.writing = true
	for len(c.buf) > 0 {
		out := c.buf
		c.buf = c.spare[:0]
		c.mu.Unlock()
		_, err := c.conn.Write(out)
		c.mu.Lock()
		c.spare = out
		c.room.Broadcast()
		if err != nil {
			break
		}
	}
	c.writing = false
	c.mu.Unlock()
}

// read calls in for each frame; more tells whether another one has come already.
func (c *rawConn) read(in func(kind byte, number uint32, payload []byte, more bool)) {
	r := bufio.NewReaderSize(c.conn, 64<<10)
	var head [rawHeader]byte
	for {
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return
		}
		n := int(binary.LittleEndian.Uint32(head[:])) - (rawHeader - 4)
		buf := make([]byte, n)
		if _, err := io.ReadFull(r, buf); err != nil {
			return
		}
		in(head[4], binary.LittleEndian.Uint32(head[5:]), buf, r.Buffered() >= rawHeader)
	}
}

func dialRaw(b *testing.B, network string) *rawConn {
	b.Helper()
	_, address := startChild(b, "raw "+network+" "+where(b, network))
	conn, err := net.Dial(network, address)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	c := newRaw(conn)
	for i := range c.replies {
		c.replies[i] = make(chan uint64, 1)
	}
	go c.read(func(_ byte, number uint32, payload []byte, _ bool) {
		var n uint64
		if len(payload) == 8 {
			n = binary.LittleEndian.Uint64(payload)
		}
		c.replies[number] <- n
	})
	return c
}

func serveRaw(ln net.Listener) {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		c := newRaw(conn)
		var n uint64
		go c.read(func(kind byte, number uint32, payload []byte, more bool) {
			switch kind {
			case rawCast:
				n++
			case rawCall:
				n++
				c.send(rawReply, number, payload, !more)
			case rawCount:
				c.send(rawReply, number, binary.LittleEndian.AppendUint64(nil, n), true)
			}
		})
	}
}
