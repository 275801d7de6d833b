package actor

import (
	"context"
	"iter"
)

// GenSendAll sends what a stream's handler yields. It is for generated code, as all of this file.
func GenSendAll[Out any](s *SessionServer[struct{}, struct{}, Out], seq iter.Seq2[Out, error]) error {
	if seq == nil {
		return NewError(CodeMisuse, s.s.what+": the handler has returned a nil sequence", nil)
	}
	if err := s.Open(struct{}{}); err != nil {
		return err
	}
	for v, err := range seq {
		if err == nil {
			err = s.Send(v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// GenStream is the client's end of a stream. It opens a session each time that it is ranged over, and closes that when the loop ends.
func GenStream[T any](ctx context.Context,
	open func(ctx context.Context) (*SessionClient[struct{}, struct{}, T, struct{}], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		c, err := open(ctx)
		if err != nil {
			var none T
			yield(none, err)
			return
		}
		defer c.Cancel(errSessionClosed)
		for v, err := range c.All(ctx) {
			if !yield(v, err) {
				return
			}
		}
	}
}
