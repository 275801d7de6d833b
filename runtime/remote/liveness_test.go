package remote

import (
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// ticking does for a link what the keepalive goroutine of its transport does.
func ticking(l *link) {
	every := l.config.keepAlive / 2
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			l.tick(every)
		case <-l.gone:
			return
		}
	}
}

func TestIdleLinkStaysAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// Each waits for the slower one.
		ca, cb := net.Pipe()
		slow, quick := someHello(1), someHello(2)
		slow.keepAlive, quick.keepAlive = time.Minute, time.Second
		begin := func(conn net.Conn, own, other hello) (*link, *ear) {
			c := defaults()
			c.keepAlive = own.keepAlive
			e := newEar()
			l := newLink(conn, own, other, c)
			l.sink, l.unsent = e, func(*actor.Envelope, error) {}
			l.start(func(*link) {})
			go ticking(l)
			return l, e
		}
		a, atA := begin(ca, slow, quick)
		b, atB := begin(cb, quick, slow)
		for range 24 {
			<-time.After(time.Hour)
			if err := send(a, cast(1), "x"); err != nil {
				t.Fatal(err)
			}
			if err := send(b, cast(2), "x"); err != nil {
				t.Fatal(err)
			}
			if got := <-atA.got; got.env.To != 2 {
				t.Errorf("got %+v", got)
			}
			if got := <-atB.got; got.env.To != 1 {
				t.Errorf("got %+v", got)
			}
		}
		a.fail(errStopping)
		<-a.done
		<-b.done
	})
}

func TestLinkIsGivenUpAfterThreeSilentIntervals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ca, cb := net.Pipe()
		e := newEar()
		l := testLink(t, ca, e, KeepAlive(10*time.Second))
		go ticking(l)
		go io.Copy(io.Discard, cb) // it takes everything and says nothing
		begun := time.Now()
		err := <-e.lost
		if took := time.Since(begun); took < 30*time.Second || took > 40*time.Second || !strings.Contains(err.Error(), "nothing was heard") {
			t.Errorf("after %v: %v", took, err)
		}
		cb.Close()
		<-l.done
	})
}

func TestPeerThatTakesNothingIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ca, cb := net.Pipe()
		e := newEar()
		l := testLink(t, ca, e, KeepAlive(10*time.Second))
		go ticking(l)
		stop := make(chan struct{})
		go func() { // it says something all the time, and reads nothing
			for {
				select {
				case <-time.After(time.Second):
					if _, err := cb.Write(make([]byte, batchHeader)); err != nil {
						return
					}
				case <-stop:
					return
				}
			}
		}()
		begun := time.Now()
		if err := send(l, cast(1), "x"); err != nil {
			t.Fatal(err)
		}
		err := <-e.lost
		if took := time.Since(begun); took < 30*time.Second || took > 40*time.Second || !strings.Contains(err.Error(), "timeout") {
			t.Errorf("after %v: %v", took, err)
		}
		if len(e.unsent) != 1 {
			t.Errorf("%d messages were reported", len(e.unsent))
		}
		close(stop)
		cb.Close()
		<-l.done
	})
}

func TestProbeIsAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ca, cb := net.Pipe()
		a := testLink(t, ca, newEar())
		b := testLink(t, cb, newEar())
		a.probe()
		<-time.After(time.Hour)
		if !a.live.Load() || !b.live.Load() {
			t.Error("the link was given up")
		}
		a.fail(errStopping)
		<-a.done
		<-b.done
	})
}

func TestLargeBuffersOfAnIdleLinkAreGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ca, cb := net.Pipe()
		atB := newEar()
		atB.receive = func(*actor.Envelope, []byte) error { return nil }
		a := testLink(t, ca, newEar())
		b := testLink(t, cb, atB)
		go ticking(a)
		go ticking(b)
		for range 100 {
			if err := send(a, cast(1), strings.Repeat("x", 100_000)); err != nil {
				t.Fatal(err)
			}
		}
		<-time.After(time.Hour)
		a.mu.Lock()
		if n := cap(a.buf) + cap(a.out); n > 2*usualBuffer {
			t.Errorf("%d bytes are kept", n)
		}
		a.mu.Unlock()
		a.fail(errStopping)
		<-a.done
		<-b.done
	})
}
