package actor

import (
	"context"
	"iter"
)

const (
	GenTalks GenFlags = 1 << (iota + 4)
	GenReentrant
)

type SessionServer[Open, In, Out any] struct{}

func (s *SessionServer[Open, In, Out]) Open(v Open) error         { return nil }
func (s *SessionServer[Open, In, Out]) Recv() (v In, err error)   { return v, nil }
func (s *SessionServer[Open, In, Out]) Send(v Out) error          { return nil }
func (s *SessionServer[Open, In, Out]) All() iter.Seq2[In, error] { return nil }

type SessionClient[Open, In, Out, R any] struct{}

func (s *SessionClient[Open, In, Out, R]) Opening() (v Open)                             { return v }
func (s *SessionClient[Open, In, Out, R]) Send(ctx context.Context, v In) error          { return nil }
func (s *SessionClient[Open, In, Out, R]) CloseSend() error                              { return nil }
func (s *SessionClient[Open, In, Out, R]) Recv(ctx context.Context) (v Out, err error)   { return v, nil }
func (s *SessionClient[Open, In, Out, R]) All(ctx context.Context) iter.Seq2[Out, error] { return nil }
func (s *SessionClient[Open, In, Out, R]) Result(ctx context.Context) (v R, err error)   { return v, nil }
func (s *SessionClient[Open, In, Out, R]) Cancel(cause error)                            {}
func (s *SessionClient[Open, In, Out, R]) Close(ctx context.Context) error               { return nil }

type GenSession[Open, In, Out, R any] struct{}

func (s *GenSession[Open, In, Out, R]) GenInit(f *GenCall, c *GenSessionCodec[Open, In, Out, R]) {}
func (s *GenSession[Open, In, Out, R]) Server() *SessionServer[Open, In, Out]                    { return nil }
func (s *GenSession[Open, In, Out, R]) Client() *SessionClient[Open, In, Out, R]                 { return nil }
func (s *GenSession[Open, In, Out, R]) Finish(value R, err error) error                          { return err }
func (s *GenSession[Open, In, Out, R]) AppendResult(b []byte) ([]byte, error)                    { return b, nil }
func (s *GenSession[Open, In, Out, R]) DecodeResult(b []byte, p *Proc) error                     { return nil }

func GenSendAll[Out any](s *SessionServer[struct{}, struct{}, Out], seq iter.Seq2[Out, error]) error {
	return nil
}

func GenStream[T any](ctx context.Context, open func(ctx context.Context) (*SessionClient[struct{}, struct{}, T, struct{}], error)) iter.Seq2[T, error] {
	return nil
}

type GenCodec[T any] struct {
	Append func(b []byte, v T) ([]byte, error)
	Decode func(b []byte, p *Proc) (T, error)
}

type GenSessionCodec[Open, In, Out, R any] struct {
	Open   GenCodec[Open]
	In     GenCodec[In]
	Out    GenCodec[Out]
	Result GenCodec[R]
}

func (a *GenActor[S, C]) Open(ctx context.Context, op uint16, f *GenCall) error { return nil }

func (k *GenKind[S, C]) Open(ctx context.Context, r GenRef, op uint16, f *GenCall) error { return nil }
