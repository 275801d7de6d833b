package actortest

import (
	"fmt"
	"io"
	"reflect"

	"github.com/actorgen/actorgen/runtime/actor"
)

// A Script plays the handler's end of a session, for the On… field of a fake. It opens the session, goes through its steps in order, and returns what
// Return has set. What goes otherwise than the script says ends the session with an error that names the step.
//
//	script := actortest.NewScript[string, int64, int64, string]("hello").Want(1, 2).Send(3).WantEnd().Return("over", nil)
//	fake.OnTalk = func(ctx *actor.Context, topic string, s *actor.SessionServer[string, int64, int64]) (string, error) {
//		return script.Run(s)
//	}
//
// A script can be run any number of times, also at once, once it is written.
type Script[Open, In, Out, R any] struct {
	opening Open
	steps   []step[Open, In, Out]
	result  R
	err     error
}

type step[Open, In, Out any] struct {
	what string
	do   func(s *actor.SessionServer[Open, In, Out]) error
}

// NewScript returns a script that opens with the value, and then returns the zero result.
func NewScript[Open, In, Out, R any](opening Open) *Script[Open, In, Out, R] {
	return &Script[Open, In, Out, R]{opening: opening}
}

func (s *Script[Open, In, Out, R]) add(what string, do func(*actor.SessionServer[Open, In, Out]) error) *Script[Open, In, Out, R] {
	s.steps = append(s.steps, step[Open, In, Out]{what, do})
	return s
}

// Send has the script send values.
func (s *Script[Open, In, Out, R]) Send(values ...Out) *Script[Open, In, Out, R] {
	for _, v := range values {
		s.add(fmt.Sprintf("sending %v", v), func(server *actor.SessionServer[Open, In, Out]) error { return server.Send(v) })
	}
	return s
}

// Want has it receive values, which have to be these, as reflect.DeepEqual sees it.
func (s *Script[Open, In, Out, R]) Want(values ...In) *Script[Open, In, Out, R] {
	for _, want := range values {
		s.Recv(func(got In) error {
			if !reflect.DeepEqual(got, want) {
				return fmt.Errorf("received %v, want %v", got, want)
			}
			return nil
		})
	}
	return s
}

// Recv has it receive a value and give it to check, whose error ends the session.
func (s *Script[Open, In, Out, R]) Recv(check func(v In) error) *Script[Open, In, Out, R] {
	return s.add("receiving", func(server *actor.SessionServer[Open, In, Out]) error {
		v, err := server.Recv()
		if err != nil {
			return err
		}
		return check(v)
	})
}

// WantEnd has it receive the client's CloseSend.
func (s *Script[Open, In, Out, R]) WantEnd() *Script[Open, In, Out, R] {
	return s.add("receiving the end", func(server *actor.SessionServer[Open, In, Out]) error {
		switch v, err := server.Recv(); err {
		case io.EOF:
			return nil
		case nil:
			return fmt.Errorf("received %v, want the end", v)
		default:
			return err
		}
	})
}

// Do has it call f, in the actor's turn: to wait for the test, or to tell it something.
func (s *Script[Open, In, Out, R]) Do(f func() error) *Script[Open, In, Out, R] {
	return s.add("the function", func(*actor.SessionServer[Open, In, Out]) error { return f() })
}

// Cancel has it cancel the session, with a cause that may be nil.
func (s *Script[Open, In, Out, R]) Cancel(cause error) *Script[Open, In, Out, R] {
	return s.add("canceling", func(server *actor.SessionServer[Open, In, Out]) error { return server.Cancel(cause) })
}

// Return sets what the script returns when it has gone through its steps.
func (s *Script[Open, In, Out, R]) Return(result R, err error) *Script[Open, In, Out, R] {
	s.result, s.err = result, err
	return s
}

// Run plays the script. It is what the fake's On… field calls.
func (s *Script[Open, In, Out, R]) Run(server *actor.SessionServer[Open, In, Out]) (R, error) {
	var none R
	if err := server.Open(s.opening); err != nil {
		return none, fmt.Errorf("the script of a session: opening: %w", err)
	}
	for i, step := range s.steps {
		if err := step.do(server); err != nil {
			return none, fmt.Errorf("the script of a session: step %d of %d, %s: %w", i+1, len(s.steps), step.what, err)
		}
	}
	return s.result, s.err
}
