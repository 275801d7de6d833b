package model

import (
	"strings"
)

// An Actor is an annotated type: what can be called on it, and what is behind that.
type Actor struct {
	*Contract
	Under      Kind // of what underlies the type
	Hooks      []*Hook
	Lost       []LostChange
	Methods    map[string]Pos // of the user's files, and fields, by name
	Implements []*Implementation
}

// A LostChange is an assignment to a field of a copy of the actor, in a handler or hook whose receiver is no pointer.
type LostChange struct {
	Method, Field, Receiver string
	Pos                     Pos
}

// Context says what a method takes as its first parameter.
type Context uint8

// The first parameters a handler can have.
const (
	NoContext    Context = iota
	StdContext           // context.Context
	ActorContext         // *actor.Context
)

// A Handler is an annotated method of an actor, or a method of an annotated interface.
type Handler struct {
	Contract   *Contract
	Name       string
	Pos        Pos
	Doc        string      // the doc comment without its directives
	Annotation *Annotation // never nil; without a position if an interface's method has none
	Context    Context
	Params     []*Param // after the context, without the session
	Variadic   bool     // the last parameter is ...T; its Type is the slice
	Session    *Session // of a session or stream
	First      *Type    // the first parameter, if it is no context; it is in Params too
	Results    []*Type
	ResultPos  []Pos
}

// A Param is one parameter of a handler.
type Param struct {
	Name string // as written; "" or "_" if it has none
	Pos  Pos
	Type *Type
}

// Oneway tells whether the handler is a cast.
func (h *Handler) Oneway() bool { return h.Annotation.Has("oneway") }

// Local tells whether the handler is on the handle only.
func (h *Handler) Local() bool { return h.Annotation.Has("local") }

// Reentrant tells whether the handler gives its turn up while it waits for a call it made.
func (h *Handler) Reentrant() bool { return h.Annotation.Has("reentrant") }

// Inline tells whether a call may run on the caller's goroutine.
func (h *Handler) Inline() bool { return h.Annotation.Has("inline") }

// ReturnsError tells whether the last result is an error.
func (h *Handler) ReturnsError() bool {
	return len(h.Results) > 0 && h.Results[len(h.Results)-1].IsError()
}

// Value is the type of the handler's result beside the error, or nil.
func (h *Handler) Value() *Type {
	if len(h.Results) == 2 {
		return h.Results[0]
	}
	return nil
}

// WireName is the text that the handler's id is made of.
func (h *Handler) WireName() string {
	name := h.Name
	if arg, ok := h.Annotation.Arg("id"); ok {
		name = arg.Value
	}
	return h.Contract.WireName() + "." + name
}

// Signature is the handler's parameters and results as Go has them, for people: packages by name.
func (h *Handler) Signature() string {
	ctx := "context.Context"
	if h.Context == ActorContext {
		ctx = "*actor.Context"
	}
	params := []string{"ctx " + ctx}
	for i, p := range h.Declared() {
		typ := p.Type.Short
		if h.Variadic && i == len(h.Params)-1 {
			typ = "..." + p.Type.Elem.Short
		}
		params = append(params, h.ParamName(i)+" "+typ)
	}
	text := "(" + strings.Join(params, ", ") + ")"
	switch {
	case h.Value() != nil:
		return text + " (" + h.Value().Short + ", error)"
	case len(h.Results) == 1:
		return text + " " + h.Results[0].Short
	}
	return text
}

// Declared returns the parameters after the context, the session among them.
func (h *Handler) Declared() []*Param {
	if h.Session == nil || h.Session.Stream() {
		return h.Params
	}
	return append(h.Params[:len(h.Params):len(h.Params)], h.Session.Param)
}

// Types returns the types that the handler's signature spells out.
func (h *Handler) Types() []*Type {
	var list []*Type
	for _, p := range h.Declared() {
		list = append(list, p.Type)
	}
	return append(list, h.Results...)
}

// String names the handler for people: Account.Deposit.
func (h *Handler) String() string { return h.Contract.Name + "." + h.Name }

// A Hook is a method that the runtime calls by its name.
type Hook struct {
	Name      string
	Pos       Pos
	Signature string // as the generator understands it, for comparison with HookSignatures
	From      string // the embedded field that it is promoted from; "" if it is the actor's own
}

// HookSignatures are the hooks that an actor's type may have, as the user has to write them.
var HookSignatures = map[string]string{
	"Init":              "(ctx *actor.Context) error",
	"Cleanup":           "(ctx *actor.Context, cause error) error",
	"HandleExit":        "(ctx *actor.Context, ev *actor.Exit) (handled bool, err error)",
	"HandleUndelivered": "(ctx *actor.Context, u *actor.Undelivered) error",
}

// KindName is what the handler is: a call, a cast, a session or a stream.
func (h *Handler) KindName() string {
	switch {
	case h.Oneway():
		return "cast"
	case h.Session == nil:
		return "call"
	case h.Session.Stream():
		return "stream"
	}
	return "session"
}
