package remote

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/actorgen/actorgen/codec"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// The same from the other end: here the actor's proc is the test, which breaks the rules of a session that a client has opened.

// A guest is a client that has opened a session with the test, and asks for an echo when that is over.
type guest struct {
	*caughtCall
	outcome chan error
}

// newGuest starts a client that plays its end of a session for which two values may wait.
func newGuest(t testing.TB, play func(ctx context.Context, s *talkClient) error) *guest {
	t.Helper()
	g := &guest{outcome: make(chan error, 1)}
	g.caughtCall = catch(t, func(p *actor.Proc, address string) error {
		ref, err := sample.GateAt(p, address)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		s, err := ref.Talk(actor.SessionQueue(ctx, 2, actor.FullBlock), "")
		if err == nil {
			err = play(ctx, s)
		}
		g.outcome <- err
		_, err = ref.Echo(ctx, "still")
		return err
	})
	return g
}

// tell sends a message of the session.
func (g *guest) tell(t testing.TB, kind actor.MessageKind, payload ...byte) {
	t.Helper()
	g.send(t, actor.Envelope{Kind: kind, Call: g.env.Call}, payload...)
}

// opens opens the session.
func (g *guest) opens(t testing.TB) { t.Helper(); g.tell(t, actor.MessageOpened, 64, 1, 9, 0x91, 0xa0) }

// goesOn answers the echo, and checks that it has come over the same connection.
func (g *guest) goesOn(t testing.TB) {
	t.Helper()
	for {
		if env, _ := g.next(t); env.Kind == actor.MessageCall {
			g.send(t, actor.Envelope{Kind: actor.MessageAnswer, Call: env.Call}, 0x91, 0xa5, 's', 't', 'i', 'l', 'l')
			break
		}
	}
	if err := g.end(t); err != nil {
		t.Error(err)
	}
}

// receives receives until an error comes.
func receives(ctx context.Context, s *talkClient) error {
	for {
		if _, err := s.Recv(ctx); err != nil {
			return err
		}
	}
}

// waits is a client that receives nothing, and waits for the end.
func waits(ctx context.Context, s *talkClient) error {
	for s.State() != actor.SessionFailed && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
	return receives(ctx, s)
}

// parity: A57
func TestServerThatBreaksASessionLosesItsConnection(t *testing.T) {
	for name, c := range map[string]struct {
		play func(ctx context.Context, s *talkClient) error
		do   func(t *testing.T, g *guest)
	}{
		"a value before the opening": {receives, func(t *testing.T, g *guest) { g.tell(t, out, seven...) }},
		"room before the opening":    {receives, func(t *testing.T, g *guest) { g.tell(t, actor.MessageInRoom, 1) }},
		"opened twice":               {receives, func(t *testing.T, g *guest) { g.opens(t); g.opens(t) }},
		"more values than room": {waits, func(t *testing.T, g *guest) {
			g.opens(t)
			for range 3 {
				g.tell(t, out, seven...)
			}
		}},
		"room for more than was sent": {receives, func(t *testing.T, g *guest) { g.opens(t); g.tell(t, actor.MessageInRoom, 1) }},
		"room of endless bytes": {receives, func(t *testing.T, g *guest) {
			g.opens(t)
			g.tell(t, actor.MessageInRoom, bytes.Repeat([]byte{0xff}, 20)...)
		}},
		"no terms":           {receives, func(t *testing.T, g *guest) { g.tell(t, actor.MessageOpened) }},
		"terms cut":          {receives, func(t *testing.T, g *guest) { g.tell(t, actor.MessageOpened, 64) }},
		"terms of no room":   {receives, func(t *testing.T, g *guest) { g.tell(t, actor.MessageOpened, 0, 1, 9, 0x91, 0xa0) }},
		"terms beyond limit": {receives, func(t *testing.T, g *guest) { g.tell(t, actor.MessageOpened, 0x81, 0x80, 4, 1, 9, 0x91, 0xa0) }},
		"no actor":           {receives, func(t *testing.T, g *guest) { g.tell(t, actor.MessageOpened, 64, 1, 0, 0x91, 0xa0) }},
		"actor cut":          {receives, func(t *testing.T, g *guest) { g.tell(t, actor.MessageOpened, 64, 1, 0x80) }},
		"unknown policy":     {receives, func(t *testing.T, g *guest) { g.tell(t, actor.MessageOpened, 64, 4, 9, 0x91, 0xa0) }},
		"an error of nonsense": {receives, func(t *testing.T, g *guest) {
			g.opens(t)
			g.tell(t, actor.MessageError, 0x97, 0xcc, 0xff)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGuest(t, c.play)
			c.do(t, g)
			expectClosed(t, g.conn)
			if err := <-g.outcome; !errors.Is(err, actor.ErrUnreachable) && actor.CodeOf(err) != actor.CodeDecode {
				t.Errorf("the client gets %v", err)
			}
			if err := g.end(t); !errors.Is(err, actor.ErrUnreachable) {
				t.Errorf("the client's call: %v", err)
			}
		})
	}
	for kind := actor.MessageOpened; kind <= actor.MessageOutRoom; kind++ {
		if kind != actor.MessageOpened && kind != out && kind != actor.MessageInRoom {
			continue
		}
		c := catchCall(t)
		c.send(t, actor.Envelope{Kind: kind, Call: c.env.Call}, 64, 1, 0x91, 0xa0)
		if err := c.end(t); !errors.Is(err, actor.ErrUnreachable) {
			t.Errorf("a plain call whose answer is of kind %d: %v", kind, err)
		}
	}
}

func TestServerThatBreaksItsOwnSessionLosesThatAlone(t *testing.T) {
	typeError := func(t *testing.T, err error) {
		t.Helper()
		if bad, ok := errors.AsType[*codec.TypeError](err); !ok || bad.Want == "" {
			t.Errorf("the client gets %v", err)
		}
	}
	misuse := func(t *testing.T, err error) {
		t.Helper()
		if actor.CodeOf(err) != actor.CodeMisuse || !strings.Contains(err.Error(), "without opening") {
			t.Errorf("the client gets %v", err)
		}
	}
	returned := func(ctx context.Context, s *talkClient) error {
		_, err := s.Result(ctx)
		return err
	}
	for name, c := range map[string]struct {
		play func(ctx context.Context, s *talkClient) error
		do   func(t *testing.T, g *guest)
		want func(t *testing.T, err error)
	}{
		"an opening of another type": {receives, func(t *testing.T, g *guest) {
			g.tell(t, actor.MessageOpened, 64, 1, 9, 0x91, 7)
			g.tell(t, out, seven...) // it has sent more before it hears of it
		}, typeError},
		"a value of another type": {receives, func(t *testing.T, g *guest) { g.opens(t); g.tell(t, out, 0x91, 0xa1, 'x') }, typeError},
		"a value of nothing":      {receives, func(t *testing.T, g *guest) { g.opens(t); g.tell(t, out) }, typeError},
		"a result of another type": {returned, func(t *testing.T, g *guest) {
			g.opens(t)
			g.tell(t, actor.MessageAnswer, seven...)
		}, typeError},
		"a result before the opening": {returned, func(t *testing.T, g *guest) { g.tell(t, actor.MessageAnswer, 0x91, 0xa0) }, misuse},
		"messages after the end": {returned, func(t *testing.T, g *guest) {
			g.opens(t)
			g.tell(t, actor.MessageAnswer, 0x91, 0xa0)
			g.tell(t, out, seven...)
			g.opens(t)
			g.tell(t, actor.MessageInRoom, 9)
			g.tell(t, actor.MessageAnswer, 0x91, 0xa0)
		}, func(t *testing.T, err error) {
			if err != nil {
				t.Errorf("the client gets %v", err)
			}
		}},
		"messages of the other end": {returned, func(t *testing.T, g *guest) {
			g.opens(t)
			for _, kind := range []actor.MessageKind{in, actor.MessageInEnd, actor.MessageOutRoom, actor.MessageCancel} {
				g.tell(t, kind, 0xc1)
			}
			g.tell(t, actor.MessageAnswer, 0x91, 0xa0)
		}, func(t *testing.T, err error) {
			if err != nil {
				t.Errorf("the client gets %v", err)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGuest(t, c.play)
			c.do(t, g)
			c.want(t, <-g.outcome)
			g.goesOn(t)
		})
	}
	t.Run("values of another type are tolerated", func(t *testing.T) {
		g := newGuest(t, func(ctx context.Context, s *talkClient) error {
			s.Tolerate()
			for range 2 {
				_, err := s.Recv(ctx)
				typeError(t, err)
			}
			n, err := s.Recv(ctx)
			if n != 7 {
				t.Errorf("then the client gets %d", n)
			}
			return err
		})
		g.opens(t)
		for _, payload := range [][]byte{{0x91, 0xa1, 'x'}, {}, seven} {
			g.tell(t, out, payload...)
			if env, _ := g.next(t); env.Kind != actor.MessageOutRoom { // of two values that may wait, each taken is told
				t.Errorf("%+v", env)
			}
		}
		if err := <-g.outcome; err != nil {
			t.Error(err)
		}
		g.goesOn(t)
	})
}

// However much waits to be sent, a cancel does not.
func TestCancelWaitsForNoRoomInTheLink(t *testing.T) {
	canceled := make(chan struct{})
	c := catch(t, func(p *actor.Proc, address string) error {
		ref, err := sample.GateAt(p, address)
		if err != nil {
			return err
		}
		s, err := ref.Pass(t.Context())
		if err != nil {
			return err
		}
		for err == nil { // until there is no room
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			err = s.Send(ctx, sample.Big{Name: strings.Repeat("x", 500<<10)})
			cancel()
		}
		s.Cancel(nil)
		close(canceled)
		return err
	})
	c.send(t, actor.Envelope{Kind: actor.MessageOpened, Call: c.env.Call}, 0xff, 0xff, 3, 1, 9, 0x91, 0xc0)
	if err := c.end(t); actor.CodeOf(err) != actor.CodeDeadline {
		t.Error(err)
	}
	<-canceled
}
