package sample

import "github.com/actorgen/actorgen/runtime/actor"

// A Warden hears of the ends of its children. It has a hook that a Gate has not, for what becomes of those that have none.
//
//actor:actor
type Warden struct {
	OnExit func(ctx *actor.Context, ev *actor.Exit) (bool, error)
}

// HandleExit runs OnExit.
func (w *Warden) HandleExit(ctx *actor.Context, ev *actor.Exit) (handled bool, err error) {
	return w.OnExit(ctx, ev)
}

// Do runs f as a call.
//
//actor:handler local
func (w *Warden) Do(ctx *actor.Context, f func(ctx *actor.Context) error) error { return f(ctx) }
