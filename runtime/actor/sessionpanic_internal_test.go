package actor

import (
	"context"
	"testing"
	"time"
)

// A deadLink takes messages, and keeps none.
type deadLink struct{ Link }

func (deadLink) Begin(context.Context, *Envelope) ([]byte, error) { return nil, nil }
func (deadLink) Commit([]byte) error                              { return nil }
func (deadLink) Abort()                                           {}

// A value of the user's that panics when it is encoded is its sender's mistake, and leaves the session as it was.
func TestPanicOfAValueLeavesItsSessionAsItWas(t *testing.T) {
	type none = struct{}
	panics := true
	var gs GenSession[none, int, none, none]
	gs.GenInit(&GenCall{}, &GenSessionCodec[none, int, none, none]{In: GenCodec[int]{Append: func(b []byte, _ int) ([]byte, error) {
		if panics {
			panic("in the value")
		}
		return b, nil
	}}})
	s := &gs.session
	s.opened, s.in.far, s.far = true, true, &farEnd{&Peer{link: deadLink{}}, 1}
	s.in.limit = 1
	func() {
		defer func() {
			if p := recover(); p != "in the value" {
				t.Errorf("Send panics with %v", p)
			}
		}()
		gs.Client().Send(t.Context(), 1)
	}()
	panics = false
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := gs.Client().Send(ctx, 1); err != nil {
		t.Error(err)
	}
	if s.in.n != 1 || s.in.sending != 0 {
		t.Errorf("%d values were sent, and %d are on their way", s.in.n, s.in.sending)
	}
}
