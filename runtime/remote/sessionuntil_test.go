package remote_test

import (
	"errors"
	"io"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// A board is what the handlers of one actor share: there is no lock in it.
type board struct {
	posted  []int64
	changed chan struct{}
}

// post adds a value, and tells the sessions that wait.
func (b *board) post(n int64) {
	b.posted = append(b.posted, n)
	close(b.changed)
	b.changed = make(chan struct{})
}

// newBoard starts an actor whose sessions send all that is posted, and post what comes, negated.
func newBoard(w *theatre) (sample.GateHandle, sample.GateClient, *board) {
	b := &board{changed: make(chan struct{})}
	h, g := w.gateAndHandle("board", sample.Gate{OnTalk: func(ctx *actor.Context, _ string, s *talkServer) (string, error) {
		if err := s.Open(""); err != nil {
			return "", err
		}
		for sent := 0; ; {
			for ; sent < len(b.posted); sent++ {
				if err := s.Send(b.posted[sent]); err != nil {
					return "", err
				}
			}
			n, received, err := s.RecvUntil(b.changed)
			switch {
			case err == io.EOF:
				return "closed", nil
			case err != nil:
				return "", err
			case received:
				b.post(-n)
			}
		}
	}})
	return h, g, b
}

// A session's handler waits for its client and for other handlers of its actor at once, and has the turn in between.
func TestHandlerWaitsForItsClientOrForAnotherHandler(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		h, g, b := newBoard(w)
		var open []*talkClient
		for range 20 {
			open = append(open, w.talk(g, ""))
		}
		const posts = 200
		for n := range int64(posts) {
			noError(t, h.Do(soon(t), func(*actor.Context) error { b.post(n); return nil }))
			noError(t, open[n%20].Send(soon(t), n+1))
			for i, s := range open { // whose order is that of the posts
				for _, want := range []int64{n, -n - 1} {
					if got, err := s.Recv(soon(t)); got != want || err != nil {
						t.Fatalf("session %d gets %d, %v where %d was posted", i, got, err, want)
					}
				}
			}
		}
		for _, s := range open {
			noError(t, s.CloseSend())
			if got, err := s.Result(soon(t)); got != "closed" || err != nil {
				t.Errorf("%q, %v", got, err)
			}
		}
	})
}

// Everything that ends a Recv ends it, too.
func TestRecvUntilEndsAsRecvDoes(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		ends := make(chan error, 1)
		h, g := w.gateAndHandle("waiting", sample.Gate{OnTalk: func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			if err := s.Open(""); err != nil {
				return "", err
			}
			var until chan struct{} // nil, for which nobody waits
			if topic != "nil" {
				until = make(chan struct{})
			}
			_, received, err := s.RecvUntil(until)
			if received || err == nil {
				t.Errorf("RecvUntil: %v, %v", received, err)
			}
			ends <- err
			return "", err
		}})
		for _, topic := range []string{"nil", "open"} {
			s := w.talk(g, topic)
			s.Cancel(errEnough)
			var by *actor.Canceled
			if err := <-ends; !errors.As(err, &by) {
				t.Errorf("%s: canceled, it gets %v", topic, err)
			}
			s = w.talk(g, topic)
			noError(t, s.CloseSend())
			if err := <-ends; err != io.EOF {
				t.Errorf("%s: at the end it gets %v", topic, err)
			}
		}
		w.talk(g, "open")
		h.Actor().Stop(actor.StopNow, nil)
		if err := <-ends; actor.CodeOf(err) != actor.CodeStopped {
			t.Errorf("when the actor stops it gets %v", err)
		}
	})
}

// What has come from the client goes before what is over at once.
func TestRecvUntilTakesWhatIsThere(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		closed := make(chan struct{})
		close(closed)
		looked, arrived := make(chan struct{}), make(chan struct{})
		g := w.talker(func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			if err := s.Open(""); err != nil {
				return "", err
			}
			if _, received, err := s.RecvUntil(closed); received || err != nil {
				t.Errorf("before there is a value: %v, %v", received, err)
			}
			close(looked)
			<-arrived
			knocked := make(chan struct{}, 1)
			knocked <- struct{}{}
			for n := int64(0); n < 3; {
				got, received, err := s.RecvUntil(knocked)
				if err != nil || received && got != n {
					t.Fatalf("%d, %v, %v", got, received, err)
				}
				if received {
					n++
				}
			}
			return "", nil
		})
		s := w.talk(g, "")
		<-looked
		for n := range int64(3) {
			noError(t, s.Send(soon(t), n))
		}
		close(arrived)
		_, err := s.Result(soon(t))
		noError(t, err)
	})
}
