package remote_test

import (
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
	"github.com/actorgen/actorgen/runtime/remote"
)

// A theatre is where a test of sessions plays: its actors live in one proc, and who talks with them in the same or in another.
type theatre struct {
	t              *testing.T
	network        string // "" for one proc
	server, client *actor.Proc
	address        string
}

// apart tells whether the two are two procs.
func (w *theatre) apart() bool { return w.server != w.client }

// everywhere runs a test inside a proc, in isolation, and over each kind of link.
func everywhere(t *testing.T, play func(t *testing.T, w *theatre)) {
	for _, opts := range []struct {
		name string
		opts []actor.ProcOption
	}{{"memory", nil}, {"isolated", []actor.ProcOption{actor.Isolated()}}} {
		t.Run(opts.name, func(t *testing.T) {
			t.Parallel()
			p, _ := newProc(t, "one", opts.opts...)
			play(t, &theatre{t: t, server: p, client: p})
		})
	}
	onBoth(t, func(t *testing.T, network string) {
		server, _ := newProc(t, "server", listen(t, network))
		client, _ := newProc(t, "client", remote.Enable())
		play(t, &theatre{t: t, network: network, server: server, client: client, address: server.Address()})
	})
}

// gate starts a gate, and returns it as the client has it.
func (w *theatre) gate(name string, state sample.Gate) sample.GateClient {
	_, g := w.gateAndHandle(name, state)
	return g
}

func (w *theatre) gateAndHandle(name string, state sample.Gate, opts ...actor.SpawnOption) (sample.GateHandle, sample.GateClient) {
	w.t.Helper()
	h, err := sample.SpawnGate(w.server, name, func() *sample.Gate { own := state; return &own }, opts...)
	if err != nil {
		w.t.Fatal(err)
	}
	if !w.apart() {
		return h, h
	}
	ref, err := sample.GateAt(w.client, h.Actor().Address())
	if err != nil {
		w.t.Fatal(err)
	}
	return h, ref
}

// The ends of the sessions of sample.Gate.
type (
	talkServer = actor.SessionServer[string, int64, int64]
	talkClient = actor.SessionClient[string, int64, int64, string]
	passServer = actor.SessionServer[*sample.Big, sample.Big, sample.Big]
)

// talker starts a gate whose Talk is f.
func (w *theatre) talker(f func(ctx *actor.Context, topic string, s *talkServer) (string, error)) sample.GateClient {
	w.t.Helper()
	return w.gate("talker", sample.Gate{OnTalk: f})
}

// talk opens a session.
func (w *theatre) talk(g sample.GateClient, topic string) *talkClient {
	w.t.Helper()
	s, err := g.Talk(soon(w.t), topic)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
