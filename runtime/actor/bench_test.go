package actor_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// Each benchmark has a sub-benchmark "floor": what a Go program without actors does for the same end, with a goroutine
// and channels. The budgets are ratios to these, taken in one run.
//
// A benchmark counts what was handled, fails if that is not what was sent, and stops the clock when the last is handled.
// Its actors have eight handlers of mixed arguments, default supervision and default limits; senders wait when a
// mailbox is full, as they do on a channel.

const deadline = time.Hour // never reached: what counts is that the context can end

func benchProc(b *testing.B, opts ...actor.ProcOption) *actor.Proc {
	b.Helper()
	p, err := actor.NewProc("bench", append(opts, actor.WithLogger(slog.New(slog.DiscardHandler)))...)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { p.Close() })
	return p
}

func newCounter() *sample.Counter { return &sample.Counter{} }

func benchCounters(b *testing.B, n int, opts ...actor.SpawnOption) []sample.CounterHandle {
	b.Helper()
	p := benchProc(b)
	all := make([]sample.CounterHandle, n)
	for i := range all {
		var err error
		if all[i], err = sample.SpawnCounter(p, "", newCounter, opts...); err != nil {
			b.Fatal(err)
		}
	}
	return all
}

// handled waits until the actors have handled everything, stops the clock and checks the sum.
func handled(b *testing.B, want int, all ...sample.CounterHandle) {
	b.Helper()
	sum := int64(0)
	for _, h := range all {
		n, err := h.Deposit(context.Background(), 0, "")
		if err != nil {
			b.Fatal(err)
		}
		sum += n
	}
	b.StopTimer()
	if sum != int64(want) {
		b.Fatalf("handled %d of %d", sum, want)
	}
}

func BenchmarkCast(b *testing.B) {
	b.Run("floor", func(b *testing.B) { benchChanCast(b, 1, 1) })
	b.Run("actor", func(b *testing.B) { benchCast(b, 1) })
}

func BenchmarkCastFanIn8(b *testing.B) {
	b.Run("floor", func(b *testing.B) { benchChanCast(b, 8, 1) })
	b.Run("actor", func(b *testing.B) { benchCast(b, 8) })
}

// benchCast sends from several goroutines to one actor.
func benchCast(b *testing.B, senders int) {
	h := benchCounters(b, 1, actor.OnFull(actor.FullBlock))[0]
	ctx := context.Background()
	var wg sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	for s := range senders {
		n := share(b.N, senders, s)
		wg.Go(func() {
			for range n {
				if err := h.Add(ctx, 1); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	handled(b, b.N, h)
}

func share(n, of, i int) int { return n*(i+1)/of - n*i/of }

func benchChanCast(b *testing.B, senders, receivers int) {
	chans := make([]chan int64, receivers)
	sums := make([]int64, receivers)
	var recv, send sync.WaitGroup
	for i := range chans {
		chans[i] = make(chan int64, 1024)
		recv.Go(func() {
			for n := range chans[i] {
				sums[i] += n
			}
		})
	}
	b.ReportAllocs()
	b.ResetTimer()
	for s := range senders {
		n := share(b.N, senders, s)
		send.Go(func() {
			for i := range n {
				chans[i%receivers] <- 1
			}
		})
	}
	send.Wait()
	for _, c := range chans {
		close(c)
	}
	recv.Wait()
	b.StopTimer()
	sum := int64(0)
	for _, n := range sums {
		sum += n
	}
	if sum != int64(b.N) {
		b.Fatalf("handled %d of %d", sum, b.N)
	}
}

func BenchmarkCastFanOut1000(b *testing.B) {
	b.Run("floor", func(b *testing.B) { benchChanCast(b, 1, 1000) })
	b.Run("actor", func(b *testing.B) {
		all := benchCounters(b, 1000, actor.OnFull(actor.FullBlock))
		ctx := context.Background()
		// The floor makes the buffers of its channels before the clock starts, for 1,024 messages each; the actors
		// take the blocks of their mailboxes as they fill, so they are sent some now.
		for i := range 128 * len(all) {
			if err := all[i%len(all)].Add(ctx, 0); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportAllocs()
		b.ResetTimer()
		for i := range b.N {
			if err := all[i%len(all)].Add(ctx, 1); err != nil {
				b.Fatal(err)
			}
		}
		handled(b, b.N, all...)
	})
}

type chanCall struct {
	n     int64
	reply chan int64
}

// serveChan is a goroutine that answers calls.
func serveChan(b *testing.B) chan chanCall {
	calls := make(chan chanCall)
	go func() {
		sum := int64(0)
		for c := range calls {
			sum += c.n
			c.reply <- sum
		}
	}()
	b.Cleanup(func() { close(calls) })
	return calls
}

// callChan makes n calls, each with a select on the context.
func callChan(b *testing.B, ctx context.Context, calls chan chanCall, n int) {
	c := chanCall{1, make(chan int64, 1)}
	for range n {
		calls <- c
		select {
		case <-c.reply:
		case <-ctx.Done():
			b.Error(ctx.Err())
			return
		}
	}
}

func BenchmarkCallDeadline(b *testing.B) {
	b.Run("floor", func(b *testing.B) {
		ctx, cancel := context.WithTimeout(context.Background(), deadline)
		defer cancel()
		calls := serveChan(b)
		b.ReportAllocs()
		b.ResetTimer()
		callChan(b, ctx, calls, b.N)
	})
	b.Run("actor", func(b *testing.B) {
		h := benchCounters(b, 1)[0]
		ctx, cancel := context.WithTimeout(context.Background(), deadline)
		defer cancel()
		b.ReportAllocs()
		b.ResetTimer()
		for range b.N {
			if _, err := h.Deposit(ctx, 1, "note"); err != nil {
				b.Fatal(err)
			}
		}
		handled(b, b.N, h)
	})
}

func BenchmarkCallFromHandler(b *testing.B) {
	b.Run("floor", func(b *testing.B) {
		ctx, cancel := context.WithTimeout(context.Background(), deadline)
		defer cancel()
		calls := serveChan(b)
		b.ReportAllocs()
		b.ResetTimer()
		callChan(b, ctx, calls, b.N)
	})
	b.Run("actor", func(b *testing.B) {
		p := benchProc(b)
		gate, err := sample.SpawnGate(p, "", func() *sample.Gate { return &sample.Gate{} })
		if err != nil {
			b.Fatal(err)
		}
		h, err := sample.SpawnCounter(p, "", newCounter)
		if err != nil {
			b.Fatal(err)
		}
		outer, cancel := context.WithTimeout(context.Background(), deadline)
		defer cancel()
		err = gate.Do(outer, func(ctx *actor.Context) error {
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				if _, err := h.Deposit(ctx, 1, "note"); err != nil {
					return err
				}
			}
			b.StopTimer()
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		handled(b, b.N, h)
	})
}

func BenchmarkCallInline(b *testing.B) {
	b.Run("floor", func(b *testing.B) {
		var mu sync.Mutex
		sum := int64(0)
		total := func() int64 {
			mu.Lock()
			defer mu.Unlock()
			sum++
			return sum
		}
		b.ReportAllocs()
		for range b.N {
			total()
		}
		if sum != int64(b.N) {
			b.Fatal(sum)
		}
	})
	for _, name := range []string{"background", "deadline"} {
		b.Run(name, func(b *testing.B) {
			h := benchCounters(b, 1)[0]
			ctx := context.Background()
			if name == "deadline" {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, deadline)
				defer cancel()
			}
			if _, err := h.Deposit(ctx, 7, ""); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				if n, err := h.Total(ctx); n != 7 || err != nil {
					b.Fatal(n, err)
				}
			}
		})
	}
}

// BenchmarkIntercepted is what interceptors add to a call and a cast: "none" is an actor without any, and the floor for the rest.
func BenchmarkIntercepted(b *testing.B) {
	pass := actor.Intercept(func(next actor.HandlerFunc) actor.HandlerFunc {
		return func(ctx context.Context, in actor.Incoming) error { return next(ctx, in) }
	})
	header := actor.Intercept(func(next actor.HandlerFunc) actor.HandlerFunc {
		return func(ctx context.Context, in actor.Incoming) error {
			return next(actor.WithHeader(ctx, "span", "1"), in)
		}
	})
	send := actor.InterceptSends(func(next actor.SendFunc) actor.SendFunc {
		return func(ctx context.Context, out actor.Outgoing) error { return next(ctx, out) }
	})
	for _, with := range []struct {
		name string
		opts []actor.ProcOption
	}{
		{"none", nil},
		{"one", []actor.ProcOption{pass}},
		{"three", []actor.ProcOption{pass, pass, pass}},
		{"header", []actor.ProcOption{header}},
		{"send", []actor.ProcOption{send}},
	} {
		spawn := func(b *testing.B) sample.CounterHandle {
			h, err := sample.SpawnCounter(benchProc(b, with.opts...), "", newCounter, actor.OnFull(actor.FullBlock))
			if err != nil {
				b.Fatal(err)
			}
			return h
		}
		b.Run("call/"+with.name, func(b *testing.B) {
			h := spawn(b)
			ctx, cancel := context.WithTimeout(context.Background(), deadline)
			defer cancel()
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				if _, err := h.Deposit(ctx, 1, "note"); err != nil {
					b.Fatal(err)
				}
			}
			handled(b, b.N, h)
		})
		b.Run("cast/"+with.name, func(b *testing.B) {
			h := spawn(b)
			ctx := context.Background()
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				if err := h.Add(ctx, 1); err != nil {
					b.Fatal(err)
				}
			}
			handled(b, b.N, h)
		})
	}
}

// BenchmarkCallThrough is what refs add to a call of an actor in their own proc: an inline call, which takes the least.
func BenchmarkCallThrough(b *testing.B) {
	for _, through := range []struct {
		name   string
		client func(h sample.CounterHandle) sample.PurseClient
	}{
		{"handle", func(h sample.CounterHandle) sample.PurseClient { return h }},
		{"ref", func(h sample.CounterHandle) sample.PurseClient { return h.Ref() }},
		{"contract", func(h sample.CounterHandle) sample.PurseClient { return sample.PurseRefOf(h.Ref()) }},
	} {
		b.Run(through.name, func(b *testing.B) {
			ctx := context.Background()
			client := through.client(benchCounters(b, 1)[0])
			if _, err := client.Deposit(ctx, 7, ""); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				if n, err := client.Total(ctx); n != 7 || err != nil {
					b.Fatal(n, err)
				}
			}
		})
	}
}

func BenchmarkCall64(b *testing.B) {
	for _, callees := range []int{1, 64} {
		name := map[int]string{1: "to1", 64: "to64"}[callees]
		b.Run(name+"/floor", func(b *testing.B) {
			all := make([]chan chanCall, callees)
			for i := range all {
				all[i] = serveChan(b)
			}
			b.ReportAllocs()
			b.ResetTimer()
			var wg sync.WaitGroup
			for s := range 64 {
				wg.Go(func() {
					ctx, cancel := context.WithTimeout(context.Background(), deadline)
					defer cancel()
					callChan(b, ctx, all[s%callees], share(b.N, 64, s))
				})
			}
			wg.Wait()
		})
		b.Run(name+"/actor", func(b *testing.B) {
			all := benchCounters(b, callees)
			b.ReportAllocs()
			b.ResetTimer()
			var wg sync.WaitGroup
			for s := range 64 {
				wg.Go(func() {
					// A context of its own: one for all would measure the lock of its Done channel.
					ctx, cancel := context.WithTimeout(context.Background(), deadline)
					defer cancel()
					for range share(b.N, 64, s) {
						if _, err := all[s%callees].Deposit(ctx, 1, "note"); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			handled(b, b.N, all...)
		})
	}
}

// chanRing passes a count round a ring of goroutines that do some work at each hop.
func chanRing(b *testing.B, size int, work func(n int64) int64) {
	chans := make([]chan int, size)
	for i := range chans {
		chans[i] = make(chan int, 1024)
	}
	over := make(chan struct{})
	for i := range chans {
		go func() {
			for left := range chans[i] {
				if left == 0 {
					close(over)
					return
				}
				work(int64(left))
				chans[(i+1)%size] <- left - 1
			}
		}()
	}
	b.ReportAllocs()
	b.ResetTimer()
	chans[0] <- b.N
	<-over
	b.StopTimer()
	for _, c := range chans {
		close(c)
	}
}

func shallow(n int64) int64 { return n }

func actorRing(b *testing.B, size int, start func(sample.NodeHandle, context.Context, int64) error) {
	p := benchProc(b)
	over := make(chan struct{}, 1)
	all := make([]sample.NodeHandle, size)
	for i := range all {
		var err error
		if all[i], err = sample.SpawnNode(p, "", func() *sample.Node { return &sample.Node{Over: over} }); err != nil {
			b.Fatal(err)
		}
	}
	ctx := context.Background()
	for i := range all {
		if err := all[i].Link(ctx, all[(i+1)%size]); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	if err := start(all[0], ctx, int64(b.N)); err != nil {
		b.Fatal(err)
	}
	<-over
}

func BenchmarkPingPong(b *testing.B) {
	b.Run("floor", func(b *testing.B) { chanRing(b, 2, shallow) })
	b.Run("floor4KiB", func(b *testing.B) { chanRing(b, 2, sample.Deep) })
	b.Run("actor", func(b *testing.B) { actorRing(b, 2, sample.NodeHandle.Hop) })
	b.Run("actor4KiB", func(b *testing.B) { actorRing(b, 2, sample.NodeHandle.HopDeep) })
}

func BenchmarkRing(b *testing.B) {
	b.Run("floor", func(b *testing.B) { chanRing(b, 1000, shallow) })
	b.Run("actor", func(b *testing.B) { actorRing(b, 1000, sample.NodeHandle.Hop) })
}

func BenchmarkSpawn(b *testing.B) {
	b.Run("floor", func(b *testing.B) {
		b.ReportAllocs()
		all := spawnChans(b.N)
		b.StopTimer()
		for _, c := range all {
			close(c)
		}
	})
	b.Run("stopFloor", func(b *testing.B) {
		var over sync.WaitGroup
		all := make([]chan int, b.N)
		for i := range all {
			c := make(chan int)
			over.Go(func() { <-c })
			all[i] = c
		}
		b.ReportAllocs()
		b.ResetTimer()
		for _, c := range all {
			close(c)
		}
		over.Wait()
	})
	b.Run("anonymous", func(b *testing.B) { benchSpawn(b, func(int) string { return "" }) })
	b.Run("named", func(b *testing.B) {
		names := make([]string, b.N)
		for i := range names {
			names[i] = "actor-" + itoa(i)
		}
		b.ResetTimer()
		benchSpawn(b, func(i int) string { return names[i] })
	})
	b.Run("stop", func(b *testing.B) {
		all := benchCounters(b, b.N)
		b.ReportAllocs()
		b.ResetTimer()
		for _, h := range all {
			h.Actor().Stop(actor.StopDrain, nil)
		}
		for _, h := range all {
			<-h.Actor().Done()
		}
	})
}

// spawnChans starts goroutines with a channel, each of which has answered once, as an actor has had its first turn.
func spawnChans(n int) []chan chan int {
	all := make([]chan chan int, n)
	reply := make(chan int, 1)
	for i := range all {
		c := make(chan chan int)
		go func() {
			for r := range c {
				r <- 1
			}
		}()
		c <- reply
		<-reply
		all[i] = c
	}
	return all
}

func benchSpawn(b *testing.B, name func(int) string) {
	p := benchProc(b)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if _, err := sample.SpawnCounter(p, name(i), newCounter); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
}

func itoa(n int) string {
	var b [20]byte
	i := len(b)
	for ; n > 0 || i == len(b); n /= 10 {
		i--
		b[i] = byte('0' + n%10)
	}
	return string(b[i:])
}
