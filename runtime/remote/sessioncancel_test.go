package remote_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/codec"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
	"github.com/actorgen/actorgen/runtime/remote"
)

var errEnough = errors.New("seen enough")

// What a client cancels it has canceled itself: an error for who goes on to use the session, none for who closes it.
// parity: A28, A30, A31, AT11, AT14
func TestClientCancelsItsSession(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		ends := make(chan error, 2)
		g := w.talker(func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			if err := s.Open(""); err != nil {
				return "", err
			}
			_, err := s.Recv()
			if s.CanceledBy() != s.Client() || s.State() != actor.SessionPeerCancel {
				t.Errorf("at the server: canceled by %v, %v", s.CanceledBy(), s.State())
			}
			ends <- err
			ends <- context.Cause(ctx)
			return "", err
		})
		me := actor.ID{Proc: w.client.ID()}
		s := w.talk(g, "")
		s.Cancel(errEnough)
		for range 2 {
			var by *actor.Canceled
			if err := <-ends; !errors.As(err, &by) || by.By != me || !strings.Contains(err.Error(), "seen enough") ||
				!strings.Contains(err.Error(), "canceled by proc ") {
				t.Errorf("the handler gets %v", err)
			}
		}
		_, recv := s.Recv(soon(t))
		_, result := s.Result(soon(t))
		var by *actor.Canceled
		if !errors.As(result, &by) || by.By != me || !errors.Is(result, errEnough) || recv != result || s.Send(soon(t), 1) != result {
			t.Errorf("the client gets %v and %v", recv, result)
		}
		if s.CanceledBy() != me || s.State() != actor.SessionSelfCancel {
			t.Errorf("canceled by %v, %v", s.CanceledBy(), s.State())
		}
		noError(t, s.Close(soon(t)))
		if got, err := g.Echo(soon(t), "still there"); got != "still there" || err != nil {
			t.Error(got, err)
		}
	})
}

// parity: AT10
func TestResultThatWasThereBeforeTheCancelStays(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		returned := make(chan struct{})
		g := w.talker(func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			defer close(returned)
			return "early", s.Open("")
		})
		s := w.talk(g, "")
		if _, err := s.Recv(soon(t)); err != io.EOF {
			t.Error(err)
		}
		<-returned
		s.Cancel(errEnough)
		if got, err := s.Result(soon(t)); got != "early" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		noError(t, s.Close(soon(t)))
		if s.CanceledBy() != (actor.ID{}) {
			t.Errorf("canceled by %v", s.CanceledBy())
		}
	})
}

// parity: A29, AT16
func TestHandlerCancelsItsSession(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		g := w.talker(func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			if topic != "early" {
				if err := s.Open(""); err != nil {
					return "", err
				}
			}
			err := s.Cancel(errEnough)
			if s.Open("") != err && topic == "early" || s.Send(1) != err && topic != "early" {
				t.Errorf("the session goes on after %v", err)
			}
			if ctx.Err() == nil || context.Cause(ctx) != err {
				t.Errorf("the context has not ended by %v but by %v", err, context.Cause(ctx))
			}
			if topic == "silent" {
				return "a result", nil // which it does not get by with
			}
			return "", err
		})
		check := func(err error, s *talkClient) {
			t.Helper()
			var by *actor.Canceled
			if !errors.As(err, &by) || by.By.Proc != w.server.ID() || by.By.Serial == 0 || !strings.Contains(err.Error(), "sample.Gate talker: seen enough") {
				t.Errorf("the client gets %v", err)
			}
			if s != nil && (s.CanceledBy() != by.By && !w.apart() || s.CanceledBy() == (actor.ID{}) && !w.apart()) {
				t.Errorf("canceled by %v and %v", s.CanceledBy(), by.By)
			}
		}
		_, err := g.Talk(soon(t), "early")
		check(err, nil)
		for _, topic := range []string{"", "silent"} {
			s := w.talk(g, topic)
			_, err = s.Result(soon(t))
			check(err, s)
			if err := s.Close(soon(t)); err == nil {
				t.Error("what the other end has canceled is absorbed")
			}
		}
	})
}

// One who cancels reaches another that waits.
// parity: A39, AT15, AT29
func TestCancelReachesWhoeverWaits(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		g := w.talker(func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			if err := s.Open(""); err != nil {
				return "", err
			}
			_, err := s.Recv()
			return "", err
		})
		s := w.talk(g, "")
		const n = 4
		got := make(chan error, 2*n)
		for range n {
			waits := make(chan struct{}, 1)
			go func() { _, err := s.Recv(watchedContext{soon(t), waits}); got <- err }()
			<-waits
		}
		for range n {
			waits := make(chan struct{}, 1)
			go func() { _, err := s.Result(watchedContext{soon(t), waits}); got <- err }()
			<-waits
		}
		s.Cancel(errEnough)
		for range 2 * n {
			if err := <-got; !errors.Is(err, errEnough) {
				t.Errorf("who waits gets %v", err)
			}
		}
		noError(t, s.Close(soon(t)))
	})
}

// Who has asked, and from whom a session has it, are two things.
// parity: A30, A63, AT22, AT25
func TestCancellationByAThirdKeepsWhoHasAsked(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		leaf := w.gate("leaf", sample.Gate{OnTalk: func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			if err := s.Open("leaf"); err != nil {
				return "", err
			}
			if _, err := s.Recv(); err != nil {
				return "", err
			}
			return "", s.Cancel(errEnough)
		}})
		middle, err := sample.SpawnGate(w.client, "middle", func() *sample.Gate {
			return &sample.Gate{OnTalk: func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
				below, err := leaf.Talk(ctx, "")
				if err != nil {
					return "", err
				}
				if err := s.Open(below.Opening()); err != nil {
					return "", err
				}
				if err := below.Send(ctx, 1); err != nil {
					return "", err
				}
				_, err = below.Result(ctx)
				return "", err
			}}
		})
		noError(t, err)
		s, err := middle.Talk(soon(t), "")
		noError(t, err)
		if s.Opening() != "leaf" {
			t.Errorf("opened with %q", s.Opening())
		}
		_, err = s.Result(soon(t))
		var by *actor.Canceled
		if !errors.As(err, &by) || by.By.Proc != w.server.ID() || by.By == middle.Actor().ID() || !strings.Contains(by.Name, "leaf") {
			t.Fatalf("the root gets %v", err)
		}
		if s.CanceledBy() != middle.Actor().ID() {
			t.Errorf("the root has it from %v", s.CanceledBy())
		}
		if err := s.Close(soon(t)); err == nil {
			t.Error("another's cancellation is absorbed")
		}
	})
}

// parity: A43, A50, AT23, AT33
func TestErrorOfAHandlerIsNotHiddenByItsCancellation(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		g := w.talker(func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			if err := s.Open(""); err != nil {
				return "", err
			}
			_, err := s.Recv()
			if err == nil {
				t.Error("something has come")
			}
			return "", &sample.TooMuch{Asked: 7}
		})
		s := w.talk(g, "")
		s.Cancel(errEnough)
		_, err := s.Result(soon(t))
		var tooMuch *sample.TooMuch
		if !errors.As(err, &tooMuch) || errors.Is(err, context.Canceled) {
			t.Errorf("the client gets %v", err)
		}
		if again := s.Close(soon(t)); again != err {
			t.Errorf("closing it, the client gets %v", again)
		}
	})
}

// parity: A42, A48, AT12
func TestEndOfAnActorEndsItsSessions(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		for _, mode := range []actor.StopMode{actor.StopNow, actor.StopKill} {
			ended := make(chan error, 1)
			h, g := w.gateAndHandle(mode.String(), sample.Gate{OnTalk: func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
				if err := s.Open(""); err != nil {
					return "", err
				}
				_, err := s.Recv()
				ended <- err
				return "", err
			}})
			s := w.talk(g, "")
			h.Actor().Stop(mode, errEnough)
			if err := <-ended; !errors.Is(err, actor.ErrStopped) || !errors.Is(err, errEnough) {
				t.Errorf("%v: the handler gets %v", mode, err)
			}
			_, err := s.Recv(soon(t))
			if !errors.Is(err, actor.ErrStopped) || !strings.Contains(err.Error(), "seen enough") || errors.Is(err, context.Canceled) {
				t.Errorf("%v: the client gets %v", mode, err)
			}
			if s.State() != actor.SessionActorClosed {
				t.Errorf("%v: the state is %v", mode, s.State())
			}
			_, err = h.Actor().Wait(soon(t))
			noError(t, err)
		}
	})
}

// A drain waits for the sessions that are open.
func TestDrainLetsSessionsComeToTheirEnd(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		h, g := w.gateAndHandle("drained", sample.Gate{OnTalk: echo})
		s := w.talk(g, "")
		h.Actor().Stop(actor.StopDrain, nil)
		noError(t, s.Send(soon(t), 5))
		if got, err := s.Recv(soon(t)); got != 5 || err != nil {
			t.Error(got, err)
		}
		if _, err := g.Talk(soon(t), ""); !errors.Is(err, actor.ErrStopped) {
			t.Errorf("a new one: %v", err)
		}
		if st := h.Actor().Status().State; st != actor.StateStopping {
			t.Errorf("the actor is %v", st)
		}
		noError(t, s.CloseSend())
		if got, err := s.Result(soon(t)); got != "over" || err != nil {
			t.Error(got, err)
		}
		_, err := h.Actor().Wait(soon(t))
		noError(t, err)
	})
}

// When one handler fails the actor, the sessions of the same run end, one after the other, before the next run is built.
func TestFailureEndsTheSessionsOfItsRun(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		runs := 0
		inside := 0
		h, err := sample.SpawnGate(w.server, "failing", func() *sample.Gate {
			runs++
			if inside != 0 {
				t.Errorf("build runs while %d handlers have not returned", inside)
			}
			return &sample.Gate{OnTalk: func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
				inside++
				defer func() { inside-- }()
				if err := s.Open(fmt.Sprint(runs)); err != nil {
					return "", err
				}
				n, err := s.Recv()
				if err == nil && n == 13 {
					panic("thirteen")
				}
				return "", err
			}}
		})
		noError(t, err)
		var g sample.GateClient = h
		if w.apart() {
			g, err = sample.GateAt(w.client, h.Actor().Address())
			noError(t, err)
		}
		var open []*talkClient
		for range 10 {
			open = append(open, w.talk(g, ""))
		}
		noError(t, open[4].Send(soon(t), 13))
		for i, s := range open {
			_, err := s.Recv(soon(t))
			switch {
			case i == 4 && actor.CodeOf(err) != actor.CodePanic, i != 4 && !errors.Is(err, actor.ErrStopped), !strings.Contains(err.Error(), "thirteen"):
				t.Errorf("session %d gets %v", i, err)
			}
		}
		if s := w.talk(g, ""); s.Opening() != "2" {
			t.Errorf("the next session is one of run %q", s.Opening())
		} else {
			noError(t, s.Close(soon(t)))
		}
	})
}

// parity: A42, A66
func TestLossOfTheLinkEndsBothEnds(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		ended := make(chan error, 1)
		server, _ := newProc(t, "server", listen(t, network))
		client, _ := newProc(t, "client", remote.Enable())
		w := &theatre{t: t, network: network, server: server, client: client}
		g := w.talker(func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			if err := s.Open(""); err != nil {
				return "", err
			}
			_, err := s.Recv()
			ended <- err
			if s.CanceledBy() != s.Client() {
				t.Errorf("canceled by %v", s.CanceledBy())
			}
			return "", err
		})
		s := w.talk(g, "")
		if _, err := client.Shutdown(soon(t)); err != nil {
			t.Fatal(err)
		}
		var by *actor.Canceled
		if err := <-ended; !errors.Is(err, actor.ErrUnreachable) || !errors.As(err, &by) || by.By != (actor.ID{Proc: server.ID()}) {
			t.Errorf("the handler gets %v", err)
		}
		if _, err := s.Result(soon(t)); !errors.Is(err, actor.ErrUnreachable) {
			t.Errorf("the client gets %v", err)
		}
	})
}

// parity: A62, AT49
func TestStreamYieldsWhatItsHandlerYields(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		left := make(chan error, 1)
		g := w.gate("tail", sample.Gate{OnTail: func(ctx *actor.Context, from int64) iter.Seq2[int64, error] {
			return func(yield func(int64, error) bool) {
				for n := from; ; n++ {
					if n == 100 {
						yield(0, &sample.TooMuch{Asked: n})
						return
					}
					if n == 1000 || !yield(n, nil) {
						left <- ctx.Err()
						return
					}
				}
			}
		}})
		next := int64(90)
		for n, err := range g.Tail(soon(t), 90) {
			var tooMuch *sample.TooMuch
			switch {
			case next == 100:
				if !errors.As(err, &tooMuch) {
					t.Errorf("the stream ends with %v", err)
				}
			case n != next || err != nil:
				t.Fatal(n, err)
			}
			next++
		}
		if next != 101 {
			t.Errorf("the stream has ended at %d", next)
		}
		seq := g.Tail(soon(t), 200) // twice, from the beginning
		for range 2 {
			for n, err := range seq {
				noError(t, err)
				if n == 300 {
					break
				}
			}
			if err := <-left; err == nil {
				t.Error("a handler that nobody listens to goes on")
			}
		}
		count := 0
		for _, err := range g.Tail(soon(t), 900) {
			noError(t, err)
			count++
		}
		if err := <-left; count != 100 || err != nil {
			t.Errorf("%d values, and %v", count, err)
		}
		ctx, cancel := context.WithCancel(soon(t))
		cancel()
		for _, err := range g.Tail(ctx, 1) {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("a stream of a context that has ended: %v", err)
			}
		}
	})
}

// A fault of the codec's limits is the handler's error, and nothing of it is sent.
// parity: A9, A11, AT1
func TestOpeningValueIsCheckedBeforeItIsSent(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		server, _ := newProc(t, "server", listen(t, network))
		client, _ := newProc(t, "client", remote.Enable())
		w := &theatre{t: t, network: network, server: server, client: client}
		here := make(chan error, 2)
		g := w.gate("passer", sample.Gate{OnPass: func(ctx *actor.Context, s *passServer) (*sample.Big, error) {
			many := sample.Big{Tags: make(map[string]string)} // small enough for a message, and more than a receiver takes
			for i := range codec.MaxElements + 1 {
				many.Tags[strconv.Itoa(i)] = ""
			}
			for _, bad := range []*sample.Big{{Name: strings.Repeat("x", 2<<20)}, &many} {
				here <- s.Open(bad)
			}
			if err := s.Open(&sample.Big{Name: "small"}); err != nil {
				return nil, err
			}
			return nil, s.Send(sample.Big{Name: strings.Repeat("x", 2<<20)})
		}})
		s, err := g.Pass(soon(t))
		noError(t, err)
		for range 2 {
			if err := <-here; err == nil || !strings.Contains(err.Error(), "sample.Gate.Pass") {
				t.Errorf("the handler opens with %v", err)
			}
		}
		if s.Opening().Name != "small" {
			t.Errorf("opened with %+v", s.Opening())
		}
		if _, err := s.Result(soon(t)); actor.CodeOf(err) != actor.CodeTooLarge {
			t.Errorf("the client gets %v", err)
		}
	})
}

// Who gives up before the session is open cancels it.
// parity: A38
func TestClientThatLeavesBeforeTheOpeningCancels(t *testing.T) {
	everywhere(t, func(t *testing.T, w *theatre) {
		begun, ended := make(chan struct{}), make(chan error, 1)
		g := w.talker(func(ctx *actor.Context, topic string, s *talkServer) (string, error) {
			close(begun)
			<-ctx.Done()
			err := s.Open("too late")
			ended <- err
			return "", err
		})
		ctx, cancel := context.WithCancelCause(soon(t))
		go func() {
			<-begun
			cancel(errEnough)
		}()
		if _, err := g.Talk(ctx, ""); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "seen enough") {
			t.Errorf("the client gets %v", err)
		}
		var by *actor.Canceled
		if err := <-ended; !errors.As(err, &by) || by.By.Proc != w.client.ID() || !strings.Contains(err.Error(), "seen enough") {
			t.Errorf("the handler gets %v", err)
		}
	})
}
