package actor_test

import (
	"testing"
	"testing/synctest"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

type talkClient = actor.SessionClient[string, int64, int64, string]

// A talkPlacement is where the two ends of a test's sessions are.
type talkPlacement uint8

const (
	inOneProc talkPlacement = iota
	inIsolation
	overALink
)

var talkPlacements = [...]string{"one proc", "isolated", "linked"}

func (p talkPlacement) String() string { return talkPlacements[p] }

// The two ends, as the procs and links of a place are ordered.
const (
	atClient = iota
	atServer
)

// A talkPlace has the procs of both ends, and the link between them if they are two.
type talkPlace struct {
	procs [2]*actor.Proc
	links [2]*simulatedLink
}

func newTalkPlace(where talkPlacement, opts ...actor.ProcOption) (p talkPlace, err error) {
	opts = append(append(intercepted(), quiet), opts...)
	if where == overALink {
		p.procs, p.links, err = linkedProcs("client", "server", opts...)
		return p, err
	}
	if where == inIsolation {
		opts = append(opts, actor.Isolated())
	}
	p.procs[atServer], err = actor.NewProc("one", opts...)
	p.procs[atClient] = p.procs[atServer]
	return p, err
}

// spawn starts a gate in the server's proc, and returns it as it is there, and as the client has it.
func (p *talkPlace) spawn(name string, build func() *sample.Gate, opts ...actor.SpawnOption) (h sample.GateHandle, g sample.GateClient, err error) {
	if h, err = sample.SpawnGate(p.procs[atServer], name, build, opts...); err != nil || p.links[atClient] == nil {
		return h, h, err
	}
	b, _ := h.Ref().MarshalMsg(nil)
	var ref sample.GateRef
	_, err = ref.UnmarshalMsg(b)
	ref.BindRefs(p.procs[atClient])
	return h, ref, err
}

// arrive has everything arrive that is on its way, and what comes of it, until all wait.
func (p *talkPlace) arrive(t *testing.T) {
	t.Helper()
	synctest.Wait()
	for more := p.links[atClient] != nil; more; {
		more = false
		for _, l := range p.links {
			if len(l.waiting()) > 0 {
				more = true
				ok(t, l.deliver())
				synctest.Wait()
			}
		}
	}
}

// inEveryPlace runs a test of sessions in every placement, in a bubble. The gate's Talk is talk.
func inEveryPlace(t *testing.T, talk func(*actor.Context, string, *talk) (string, error), play func(t *testing.T, p *talkPlace, g sample.GateClient)) {
	for where := range talkPlacements {
		t.Run(talkPlacements[where], func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, err := newTalkPlace(talkPlacement(where))
				ok(t, err)
				_, g, err := p.spawn("talker", func() *sample.Gate { return &sample.Gate{OnTalk: talk} })
				ok(t, err)
				defer func() {
					for _, proc := range p.procs {
						proc.Close()
					}
				}()
				play(t, &p, g)
			})
		})
	}
}

// talkTo opens a session.
func (p *talkPlace) talkTo(t *testing.T, g sample.GateClient, topic string) *talkClient {
	t.Helper()
	var s *talkClient
	opened := begin(func() (err error) {
		s, err = g.Talk(t.Context(), topic)
		return err
	})
	p.arrive(t)
	ok(t, receive(t, opened, "the opening"))
	return s
}
