package actor

import (
	"context"
	"runtime/pprof"
	"sync"
)

// ProfileLabels labels the goroutines that run handlers, for profiles: "actor" is the actor's kind, "handler" the method, as in
// go tool pprof -tagfocus handler=Deposit. It costs some 20 ns a message; without the option it costs nothing. Goroutines that
// a handler starts inherit the labels, and what runs on the worker between two handlers has none. Init at a spawn has those of
// its spawner.
func ProfileLabels() ProcOption {
	return procOption(func(p *Proc) error {
		p.sched.labels, p.sched.unequal = &profileLabels{}, runsUnequal
		return nil
	})
}

// profileLabels has a context with labels for each handler of each kind.
type profileLabels struct{ kinds sync.Map }

// of returns the context with the labels of a handler.
func (l *profileLabels) of(k *kindInfo, op uint16) context.Context {
	all, ok := l.kinds.Load(k)
	if !ok {
		contexts := make([]context.Context, len(k.handlers)+len(hookOps))
		for i := range contexts {
			var name string
			if i < len(k.handlers) {
				name = k.handlers[i].Name
			} else {
				name = hookOps[i-len(k.handlers)]
			}
			contexts[i] = pprof.WithLabels(context.Background(), pprof.Labels("actor", k.name, "handler", name))
		}
		all, _ = l.kinds.LoadOrStore(k, contexts)
	}
	contexts := all.([]context.Context)
	i := int(op)
	if i >= len(k.handlers) {
		i = len(k.handlers) + int(opCleanup-op)
	}
	if i >= len(contexts) { // nothing has run
		return context.Background()
	}
	return contexts[i]
}

// labelled is a handler's context with its profile labels, so that pprof.Do in the handler adds to them.
type labelled struct {
	context.Context
	labels context.Context
}

func (l labelled) Value(key any) any {
	if v := l.labels.Value(key); v != nil {
		return v
	}
	return l.Context.Value(key)
}

// labels returns a context with the labels of what the actor runs. It is nil if the proc does not label, and while the spawner's
// goroutine runs Init.
func (c *core) labels() context.Context {
	labels := c.proc.sched.labels
	if labels == nil || c.st.Load()&starting != 0 {
		return nil
	}
	return labels.of(c.kind(), uint16(c.runs.Load()))
}

// label labels the worker's goroutine.
func (w *worker) label(k *kindInfo, op uint16) {
	pprof.SetGoroutineLabels(w.sched.labels.of(k, op))
	w.labelled = true
}

// unlabel takes away the labels that a goroutine of the scheduler has inherited from a handler which started it.
func (s *scheduler) unlabel() {
	if s.labels != nil {
		pprof.SetGoroutineLabels(context.Background())
	}
}

// unlabel takes the worker's labels away.
func (w *worker) unlabel() {
	pprof.SetGoroutineLabels(context.Background())
	w.labelled = false
}
