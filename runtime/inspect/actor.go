package inspect

import (
	"fmt"
	"log/slog"
	"math"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// An Actor is what is known about one actor. It is what the route …/actor answers with, and the members of …/ended.
// Times are coarse, and early by up to some 10 ms: see actor.Snapshot.
type Actor struct {
	Summary
	// At is when the snapshot was taken.
	At time.Time `json:"at"`
	// Proc is the proc's name, Address where others find the actor by its name.
	Proc    string `json:"proc"`
	Address string `json:"address,omitempty"`
	// Incarnation is the id of the present or last run between two starts.
	Incarnation string `json:"incarnation"`
	// Cause is why the actor restarts, stops, has stopped or failed.
	Cause string `json:"cause,omitempty"`
	// Restarts counts the incarnations that have failed.
	Restarts int       `json:"restarts"`
	Started  time.Time `json:"started"`
	// LastHandler is what runs or ran last.
	LastHandler string `json:"last_handler,omitempty"`
	// WaitsFor are those that the actor's handlers wait for.
	WaitsFor []Wait `json:"waits_for,omitempty"`
	// Suspended are the handlers that have given up their turn, and have not returned.
	Suspended []Suspended `json:"suspended,omitempty"`
	// SpentMS is the sampled time in handlers, in milliseconds.
	SpentMS     int64 `json:"spent_ms"`
	MailboxSize int   `json:"mailbox_size,omitempty"`
	// Drops counts messages that were accepted and then lost, by reason.
	Drops map[string]uint64 `json:"drops,omitempty"`
	// Children are the youngest living ones, 100 at most.
	Children     []Relative `json:"children,omitempty"`
	MoreChildren bool       `json:"more_children,omitempty"`
	// Attrs are what the actor has published. A name is never one of the fields here.
	Attrs     map[string]any `json:"attrs,omitempty"`
	AttrsLost int            `json:"attrs_lost,omitempty"`
	// Failure is why the actor has failed, restarts, or stops by a failure; LastFailure is one that it got over.
	Failure     *Failure `json:"failure,omitempty"`
	LastFailure *Failure `json:"last_failure,omitempty"`
	// Abandoned says that it was killed under a handler that has not returned.
	Abandoned bool `json:"abandoned,omitempty"`
	// Log are the last records that it has logged, the oldest first.
	Log []Record `json:"log,omitempty"`
}

// A Summary is what lists say about an actor.
type Summary struct {
	// ID names the actor for as long as it lives, in all procs; Serial is its number in its own.
	ID     string `json:"id"`
	Serial uint64 `json:"serial"`
	Name   string `json:"name,omitempty"`
	// Kind is its type with the import path, Label what errors and logs call it.
	Kind  string `json:"kind"`
	Label string `json:"label"`
	// State is starting, running, restarting, stopping, stopped or failed, Since when.
	State string    `json:"state"`
	Since time.Time `json:"since"`
	// Busy says that a running actor has something to do.
	Busy bool `json:"busy"`
	// Running is the handler or hook that runs now.
	Running *Running `json:"running,omitempty"`
	// Messages is how many it has handled, Queue how many wait.
	Messages uint64 `json:"messages"`
	Queue    int    `json:"queue"`
	// Parent is who spawned it; nil for a root actor.
	Parent *Relative `json:"parent,omitempty"`
}

// Running is a handler that runs.
type Running struct {
	Handler string    `json:"handler"`
	Since   time.Time `json:"since"`
	// ForMS is for how many milliseconds it has run.
	ForMS int64 `json:"for_ms"`
	// Inline says that it runs on its caller's goroutine.
	Inline bool `json:"inline,omitempty"`
}

// A Relative is a parent or a child.
type Relative struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

// A Wait is what a handler waits for.
type Wait struct {
	// ID is empty for an actor in another proc, of which Label then has the handler that was called.
	ID    string `json:"id,omitempty"`
	Label string `json:"label"`
	// Room says that it waits for room in the mailbox, or for the start, and not for an answer.
	Room bool `json:"room,omitempty"`
}

func waitOf(w actor.Wait) Wait {
	wait := Wait{Label: w.Label, Room: w.Room}
	if !w.ID.IsZero() {
		wait.ID = w.ID.String()
	}
	return wait
}

// A Suspended is a handler that has given up its turn.
type Suspended struct {
	Handler string    `json:"handler"`
	Since   time.Time `json:"since"`
	// WaitsIn is the call, or the method of its session, that it waits in, and WaitsFor whom for. Both are missing while it waits for its turn alone.
	WaitsIn  string `json:"waits_in,omitempty"`
	WaitsFor *Wait  `json:"waits_for,omitempty"`
	// Session is the state of the session that it serves, as "streaming".
	Session string `json:"session,omitempty"`
}

// A Failure is why an incarnation has failed.
type Failure struct {
	Error   string    `json:"error"`
	At      time.Time `json:"at"`
	Handler string    `json:"handler,omitempty"`
	// Root is the actor in which it began, another one if Propagated.
	Root       Relative `json:"root"`
	Propagated bool     `json:"propagated"`
	Stack      string   `json:"stack,omitempty"`
}

// A Record is one log record.
type Record struct {
	Time    time.Time      `json:"time"`
	Level   string         `json:"level"`
	Message string         `json:"message"`
	Attrs   map[string]any `json:"attrs,omitempty"`
}

// Validate tells whether the fields fit together: it is for those that read what somebody else has written.
func (a *Actor) Validate() error {
	known := false
	for s := actor.StateStarting; s <= actor.StateFailed; s++ {
		known = known || s.String() == a.State
	}
	bad := func(what string) error { return fmt.Errorf("actor %q: %s", a.ID, what) }
	switch {
	case a.ID == "" || a.Kind == "" || a.Incarnation == "":
		return bad("id, kind or incarnation is missing")
	case !known:
		return bad(fmt.Sprintf("the state %q is none that there is", a.State))
	case a.State == "failed" && a.Failure == nil:
		return bad("it has failed, without a failure")
	case a.Failure != nil && a.State != "failed" && a.State != "restarting" && a.State != "stopping":
		return bad("it has a failure, and the state " + a.State)
	}
	for _, f := range []*Failure{a.Failure, a.LastFailure} {
		switch {
		case f == nil:
		case f.Error == "" || f.Root.ID == "" || f.At.IsZero():
			return bad("error, root or time of a failure is missing")
		case f.Propagated != (f.Root.ID != a.ID):
			return bad("a failure is propagated that began in the actor, or the other way round")
		}
	}
	return nil
}

// FromSnapshot returns a snapshot as the routes show it.
func FromSnapshot(s actor.Snapshot) Actor {
	a := Actor{Summary: summaryOf(s), At: s.At, Proc: s.Proc, Address: s.Address, Incarnation: s.Incarnation.String(), Restarts: s.Status.Restarts,
		Started: s.Started, LastHandler: s.LastHandler, SpentMS: s.Spent.Milliseconds(), MailboxSize: s.MailboxSize, MoreChildren: s.MoreChildren,
		Attrs: attrsOf(s.Attrs), AttrsLost: s.AttrsLost, Failure: failureOf(s.Failure), LastFailure: failureOf(s.LastFailure), Abandoned: s.Abandoned}
	if s.Status.Cause != nil {
		a.Cause = s.Status.Cause.Error()
	}
	for _, w := range s.WaitsFor {
		a.WaitsFor = append(a.WaitsFor, waitOf(w))
	}
	for _, h := range s.Suspended {
		one := Suspended{Handler: h.Handler, Since: h.Since.UTC(), WaitsIn: h.WaitsIn}
		if h.WaitsFor != (actor.Wait{}) {
			w := waitOf(h.WaitsFor)
			one.WaitsFor = &w
		}
		if h.Session != actor.SessionNone {
			one.Session = h.Session.String()
		}
		a.Suspended = append(a.Suspended, one)
	}
	for code, n := range s.Drops {
		if a.Drops == nil {
			a.Drops = make(map[string]uint64)
		}
		a.Drops[code.String()] = n
	}
	for _, child := range s.Children {
		a.Children = append(a.Children, relativeOf(child))
	}
	for _, r := range s.Log {
		a.Log = append(a.Log, Record{Time: r.Time, Level: r.Level.String(), Message: r.Message, Attrs: attrsOf(r.Attrs)})
	}
	return a
}

// summaryOf returns what lists say about a snapshot.
func summaryOf(s actor.Snapshot) Summary {
	sum := Summary{ID: s.ID.String(), Serial: s.ID.Serial, Name: s.Name, Kind: s.Kind, Label: s.Label, State: s.Status.State.String(), Since: s.Since,
		Busy: s.Status.Busy, Messages: s.Messages, Queue: s.Queue}
	if r := s.Running; r != nil {
		sum.Running = &Running{Handler: r.Handler, Since: r.Since, ForMS: s.At.Sub(r.Since).Milliseconds(), Inline: r.Inline}
	}
	if !s.Parent.ID.IsZero() {
		parent := relativeOf(s.Parent)
		sum.Parent = &parent
	}
	return sum
}

func relativeOf(r actor.Relative) Relative { return Relative{ID: r.ID.String(), Label: r.Label} }

func failureOf(f *actor.FailureReport) *Failure {
	if f == nil {
		return nil
	}
	return &Failure{Error: f.Err.Error(), At: f.At, Handler: f.Handler, Root: Relative{ID: f.Root.String(), Label: f.RootLabel},
		Propagated: f.Propagated, Stack: f.Stack}
}

// attrsOf returns attributes as an object; of two with one key the last counts.
func attrsOf(attrs []slog.Attr) map[string]any {
	if len(attrs) == 0 {
		return nil
	}
	all := make(map[string]any, len(attrs))
	for _, a := range attrs {
		all[a.Key] = valueOf(a.Value)
	}
	return all
}

// valueOf returns a plain value as JSON has it: times and durations are text, and so are numbers that JSON does not know.
func valueOf(v slog.Value) any {
	switch v.Kind() {
	case slog.KindGroup:
		return attrsOf(v.Group())
	case slog.KindBool:
		return v.Bool()
	case slog.KindInt64:
		return v.Int64()
	case slog.KindUint64:
		return v.Uint64()
	case slog.KindFloat64:
		if f := v.Float64(); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return f
		}
	case slog.KindTime:
		return v.Time().Format(time.RFC3339Nano)
	case slog.KindAny:
		if v.Any() == nil {
			return nil
		}
	}
	return v.String()
}
