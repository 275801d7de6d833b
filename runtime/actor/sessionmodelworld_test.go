package actor_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// The runtime's side of the model-based tests of sessions.

// A talkWorld is where a session plays. Its handler and its clients do what they are told, one deed at a time.
type talkWorld struct {
	talkPlace
	host      sample.GateHandle
	asked     sample.GateClient // the same, as the client has it
	helper    sample.GateHandle
	reentrant bool

	tell     [agents]chan talkDeed
	puppets  sync.WaitGroup
	open     context.Context // that the session is opened with
	end      context.CancelCauseFunc
	endTimer context.CancelFunc

	mu       sync.Mutex
	outs     [agents]string // of those that have got something since they were last looked at
	leave    [agents]context.CancelFunc
	begun    bool
	returned bool
	context  *actor.Context
	server   *talk
	client   *talkClient
	last     error // that the handler has got
	holding  chan struct{}
	answers  chan struct{} // of the helper's present call
}

func newTalkWorld(where talkPlacement, reentrant bool) (w *talkWorld, err error) {
	w = &talkWorld{reentrant: reentrant}
	if w.talkPlace, err = newTalkPlace(where); err != nil {
		return nil, err
	}
	again := actor.OnFailure(actor.Restart{Max: actor.Unlimited, Backoff: actor.NoBackoff})
	build := func() *sample.Gate { return &sample.Gate{OnTalk: w.handle} }
	if w.host, w.asked, err = w.spawn("host", build, again, actor.Prompt()); err == nil {
		w.helper, _, err = w.spawn("helper", build, actor.Prompt())
	}
	for who := range w.tell {
		if w.tell[who] = make(chan talkDeed, 1); who != theHandler {
			w.puppets.Go(func() {
				for d := range w.tell[who] {
					w.got(who, w.play(who, d))
				}
			})
		}
	}
	return w, err
}

// got notes what somebody has got.
func (w *talkWorld) got(who int, out string) {
	w.mu.Lock()
	w.outs[who] = out
	w.mu.Unlock()
}

// handle is the session's handler.
func (w *talkWorld) handle(cx *actor.Context, _ string, s *talk) (string, error) {
	w.mu.Lock()
	w.begun, w.server, w.context = true, s, cx
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		w.returned, w.context = true, nil
		w.outs[theHandler] = "returned"
		w.mu.Unlock()
	}()
	for d := range w.tell[theHandler] {
		switch d.kind {
		case handlerReturnsResult:
			return "the result", nil
		case handlerReturnsLast:
			if w.last == nil {
				return "the result", nil
			}
			return "lost", w.last
		case handlerReturnsOwn:
			return "lost", &sample.TooMuch{Asked: int64(d.n)}
		case handlerFails:
			return "", actor.Fatal(&sample.TooMuch{Asked: int64(d.n)})
		case handlerPanics:
			panic(fmt.Sprintf("!m%d", d.n))
		case handlerExits:
			runtime.Goexit()
		case handlerAsks:
			err := w.helper.Do(cx, w.help)
			out := w.word(err)
			if err != nil && cx.Err() != nil {
				out = "ended"
			}
			w.got(theHandler, out)
			continue
		}
		out, err := w.serve(s, d)
		if err != nil {
			w.last = err
		}
		w.got(theHandler, out)
	}
	return "", errors.New("the test is over")
}

// serve has the handler's end, or another handler, use the session.
func (w *talkWorld) serve(s *talk, d talkDeed) (out string, err error) {
	switch d.kind {
	case handlerQueues:
		err = s.Queue(d.limit, d.policy)
	case handlerOpens:
		err = s.Open("opening")
	case handlerSends, otherSends:
		err = s.Send(int64(d.n))
	case handlerReceives:
		var v int64
		if v, err = s.Recv(); err == nil {
			return fmt.Sprint("value ", v), nil
		}
	case handlerCancels, otherCancels:
		err = s.Cancel(causeOfDeed(d.n))
	}
	return w.word(err), err
}

// causeOfDeed is the cause of a cancellation; there is none for 0.
func causeOfDeed(n int) error {
	if n == 0 {
		return nil
	}
	return mark(fmt.Sprint("m", n))
}

// help is what the helper does: it waits.
func (w *talkWorld) help(cx *actor.Context) error {
	w.mu.Lock()
	answers := w.answers
	w.mu.Unlock()
	select {
	case <-answers:
		return nil
	case <-cx.Done():
		return cx.Err()
	}
}

// play does a deed of somebody else than the handler.
func (w *talkWorld) play(who int, d talkDeed) string {
	ctx, leave := context.WithCancel(context.Background())
	defer leave()
	w.mu.Lock()
	w.leave[who] = leave
	s, c := w.server, w.client
	w.mu.Unlock()
	switch d.kind {
	case otherEchoes:
		text, err := w.host.Echo(ctx, "hello")
		if err == nil && text != "hello" {
			return "an echo of " + text
		}
		return w.word(err)
	case otherFails:
		return w.word(w.host.Do(ctx, func(*actor.Context) error { panic(fmt.Sprintf("!m%d", d.n)) }))
	case otherSends, otherCancels:
		out := "nobody"
		if err := w.host.Do(ctx, func(*actor.Context) error {
			w.mu.Lock()
			s = w.server
			w.mu.Unlock()
			if s != nil {
				out, _ = w.serve(s, d)
			}
			return nil
		}); err != nil {
			return w.word(err)
		}
		return out
	case clientOpens:
		return w.opens(d)
	case clientSends:
		return w.word(c.Send(ctx, int64(d.n)))
	case clientReceives:
		v, err := c.Recv(ctx)
		if err == nil {
			return fmt.Sprint("value ", v)
		}
		return w.word(err)
	case clientClosesSend:
		return w.word(c.CloseSend())
	case clientClosesRecv:
		c.CloseRecv()
	case clientResults:
		result, err := c.Result(ctx)
		if err == nil {
			return result
		}
		return w.word(err)
	case clientCancels:
		c.Cancel(causeOfDeed(d.n))
	case clientCloses:
		return w.word(c.Close(ctx))
	}
	return "ok"
}

// talkTimeout is the deadline of a session that has one: later than an actor that ends has left its handlers behind.
const talkTimeout = 15 * time.Second

// opens opens the session.
func (w *talkWorld) opens(d talkDeed) string {
	ctx, end := context.WithCancelCause(context.Background())
	stop := func() {}
	if d.timeout {
		ctx, stop = context.WithTimeout(ctx, talkTimeout)
	}
	w.mu.Lock()
	w.open, w.end, w.endTimer = ctx, end, stop
	w.mu.Unlock()
	talk := w.asked.Talk
	if w.reentrant {
		talk = w.asked.TalkReentrant
	}
	c, err := talk(actor.SessionQueue(ctx, d.limit, d.policy), "topic")
	if err == nil {
		w.mu.Lock()
		w.client = c
		w.mu.Unlock()
		if c.Opening() != "opening" {
			return "opened with " + c.Opening()
		}
	}
	return w.word(err)
}

// sight is what can be seen.
func (w *talkWorld) sight() (s talkSight) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s.outs, s.begun, s.returned = w.outs, w.begun, w.returned
	if c := w.client; c != nil {
		s.client = talkEndSight(c.State(), w.named(c.CanceledBy()), int(c.Lost()))
	}
	if w.begun && !w.returned {
		s.server = talkEndSight(w.server.State(), w.named(w.server.CanceledBy()), int(w.server.Lost()))
		if w.context.Err() != nil {
			s.server += ", its context has ended"
		}
	}
	if w.links[atClient] != nil {
		s.toServer, s.toClient = messageKinds(w.links[atClient].waiting()), messageKinds(w.links[atServer].waiting())
	}
	return s
}
