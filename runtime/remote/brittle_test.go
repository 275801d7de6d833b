package remote_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/codec"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
	"github.com/actorgen/actorgen/runtime/remote"
)

// A type whose decoding panics costs its message, and neither the link nor the proc.
// parity: A13
func TestPanicOfATypesDecodingIsAnErrorOfItsMessage(t *testing.T) {
	onBoth(t, func(t *testing.T, network string) {
		server, _ := newProc(t, "server", listen(t, network))
		lost := make(chan *actor.Undelivered, 1)
		client, _ := newProc(t, "client", remote.Enable(), actor.OnUndelivered(func(u *actor.Undelivered) { lost <- u }))
		seen := make(chan error, 2)
		h, err := sample.SpawnShelf(server, "shelf", func() *sample.Shelf {
			return &sample.Shelf{OnBrowse: func(ctx *actor.Context, s *actor.SessionServer[sample.Glass, sample.Glass, sample.Glass]) (sample.Glass, error) {
				s.Tolerate()
				seen <- s.Open(sample.Broken())
				if err := s.Open(sample.Glass{}); err != nil {
					return sample.Glass{}, err
				}
				_, err := s.Recv()
				seen <- err
				if err := s.Send(sample.Broken()); err != nil {
					return sample.Glass{}, err
				}
				return sample.Broken(), nil
			}}
		})
		noError(t, err)
		shelf, err := sample.ShelfAt(client, h.Actor().Address())
		noError(t, err)
		breaks := func(what string, err error) {
			t.Helper()
			if _, ok := errors.AsType[*codec.TypeError](err); !ok || actor.CodeOf(err) != actor.CodeDecode || !strings.Contains(err.Error(), "decoding panicked: shards") {
				t.Errorf("%s: %v", what, err)
			}
		}
		goesOn := func() {
			t.Helper()
			_, err := shelf.Take(soon(t), sample.Glass{})
			noError(t, err)
		}
		_, err = shelf.Take(soon(t), sample.Broken())
		breaks("an argument", err)
		goesOn()
		_, err = h.Take(soon(t), sample.Broken())
		noError(t, err)
		_, err = shelf.Take(soon(t), sample.Glass{})
		breaks("a result", err)
		goesOn()
		noError(t, shelf.Put(soon(t), sample.Broken()))
		select {
		case u := <-lost:
			breaks("a cast", u.Err)
		case <-soon(t).Done():
			t.Fatal("nobody is told of a cast")
		}
		goesOn()

		s, err := shelf.Browse(soon(t))
		noError(t, err)
		if err := <-seen; actor.CodeOf(err) != actor.CodeEncode || !strings.Contains(err.Error(), "decoding panicked") {
			t.Errorf("an opening value that nobody can receive: %v", err)
		}
		noError(t, s.Send(soon(t), sample.Broken()))
		breaks("a value for the actor", <-seen)
		s.Tolerate()
		_, err = s.Recv(soon(t))
		breaks("a value for the client", err)
		_, err = s.Result(soon(t))
		breaks("a session's result", err)
		goesOn()
	})
}
