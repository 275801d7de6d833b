package sample

import (
	"context"
	"errors"
	"iter"

	"github.com/actorgen/actorgen/runtime/actor"
)

// A Node passes a count on, one less each time, and tells Over when it is used up.
//
//actor:actor
type Node struct {
	Next NodeHandle
	Over chan<- struct{}
	deep int64
}

// Hop passes n on.
//
//actor:handler oneway
func (n *Node) Hop(ctx *actor.Context, left int64) {
	n.pass(ctx, left)
}

func (n *Node) pass(ctx *actor.Context, left int64) {
	if left == 0 {
		n.Over <- struct{}{}
		return
	}
	if err := n.Next.Hop(ctx, left-1); err != nil {
		panic(err)
	}
}

// HopDeep is Hop with 4 KiB of stack in use.
//
//actor:handler oneway
func (n *Node) HopDeep(ctx *actor.Context, left int64) {
	n.deep += Deep(left)
	if left == 0 {
		n.Over <- struct{}{}
		return
	}
	if err := n.Next.HopDeep(ctx, left-1); err != nil {
		panic(err)
	}
}

// Deep uses 4 KiB of stack, as a handler that formats, encodes or queries does.
//
//go:noinline
func Deep(n int64) int64 {
	var b [4096]byte
	b[n&4095] = byte(n)
	return touch(&b, n)
}

//go:noinline
func touch(b *[4096]byte, n int64) int64 { return int64(b[(n+1)&4095]) }

// Link sets the next node.
//
//actor:handler local
func (n *Node) Link(ctx *actor.Context, next NodeHandle) { n.Next = next }

// A Gate runs the functions it is given, in its turn: for tests that hold an actor up, or have it do things to itself.
//
//actor:actor
type Gate struct {
	OnInit    func(ctx *actor.Context) error
	OnCleanup func(ctx *actor.Context, cause error) error
	OnLost    func(u *actor.Undelivered)

	// OnTalk, OnPass and OnTail are what the session handlers and the stream run.
	OnTalk func(ctx *actor.Context, topic string, s *actor.SessionServer[string, int64, int64]) (string, error)
	OnPass func(ctx *actor.Context, s *actor.SessionServer[*Big, Big, Big]) (*Big, error)
	OnTail func(ctx *actor.Context, from int64) iter.Seq2[int64, error]

	// Kept is what the last Trade has brought.
	Kept Big
}

// Init runs OnInit.
func (g *Gate) Init(ctx *actor.Context) error {
	if g.OnInit == nil {
		return nil
	}
	return g.OnInit(ctx)
}

// Cleanup runs OnCleanup.
func (g *Gate) Cleanup(ctx *actor.Context, cause error) error {
	if g.OnCleanup == nil {
		return nil
	}
	return g.OnCleanup(ctx, cause)
}

// HandleUndelivered runs OnLost.
func (g *Gate) HandleUndelivered(ctx *actor.Context, u *actor.Undelivered) error {
	if g.OnLost != nil {
		g.OnLost(u)
	}
	return nil
}

// Do runs f as a call.
//
//actor:handler local
func (g *Gate) Do(ctx *actor.Context, f func(ctx *actor.Context) error) error { return f(ctx) }

// DoInline runs f as an inline call.
//
//actor:handler local inline
func (g *Gate) DoInline(ctx *actor.Context, f func(ctx *actor.Context) error) error { return f(ctx) }

// Post runs f as a cast.
//
//actor:handler local oneway
func (g *Gate) Post(ctx *actor.Context, f func(ctx *actor.Context) error) error { return f(ctx) }

// Echo returns its argument.
//
//actor:handler
func (g *Gate) Echo(ctx context.Context, text string) (string, error) { return text, nil }

// Trade keeps what it is given, and returns what it kept before.
//
//actor:handler
func (g *Gate) Trade(ctx context.Context, big Big) (Big, error) {
	before := g.Kept
	g.Kept = big
	return before, nil
}

// Meet asks another gate to echo text.
//
//actor:handler
func (g *Gate) Meet(ctx *actor.Context, other GateRef, text string) (string, error) {
	return other.Echo(ctx, text)
}

// Tell sends text to a port.
//
//actor:handler
func (g *Gate) Tell(ctx *actor.Context, to actor.Port[string], text string) error {
	return to.Send(ctx, text)
}

// errNotScripted is what a handler returns whose function is not given.
var errNotScripted = errors.New("not scripted")

// Talk runs OnTalk.
//
//actor:handler
func (g *Gate) Talk(ctx *actor.Context, topic string, s *actor.SessionServer[string, int64, int64]) (string, error) {
	if g.OnTalk == nil {
		return "", errNotScripted
	}
	return g.OnTalk(ctx, topic, s)
}

// TalkReentrant runs OnTalk.
//
//actor:handler reentrant
func (g *Gate) TalkReentrant(ctx *actor.Context, topic string, s *actor.SessionServer[string, int64, int64]) (string, error) {
	return g.Talk(ctx, topic, s)
}

// Pass runs OnPass.
//
//actor:handler
func (g *Gate) Pass(ctx *actor.Context, s *actor.SessionServer[*Big, Big, Big]) (*Big, error) {
	if g.OnPass == nil {
		return nil, errNotScripted
	}
	return g.OnPass(ctx, s)
}

// Tail runs OnTail.
//
//actor:handler
func (g *Gate) Tail(ctx *actor.Context, from int64) iter.Seq2[int64, error] {
	if g.OnTail == nil {
		return func(yield func(int64, error) bool) { yield(0, errNotScripted) }
	}
	return g.OnTail(ctx, from)
}

// DoReentrant runs f as a reentrant call.
//
//actor:handler local reentrant
func (g *Gate) DoReentrant(ctx *actor.Context, f func(ctx *actor.Context) error) error { return f(ctx) }

// PostReentrant runs f as a reentrant cast.
//
//actor:handler local oneway reentrant
func (g *Gate) PostReentrant(ctx *actor.Context, f func(ctx *actor.Context) error) error {
	return f(ctx)
}

// Ask has another gate echo text, reentrantly.
//
//actor:handler reentrant
func (g *Gate) Ask(ctx *actor.Context, other GateRef, text string) (string, error) {
	return other.Echo(ctx, text)
}
