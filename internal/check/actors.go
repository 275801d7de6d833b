package check

import (
	"slices"
	"strings"

	"github.com/actorgen/actorgen/codec"
	"github.com/actorgen/actorgen/internal/model"
)

// actor judges an actor with its handlers and hooks.
func (c *checker) actor(a *model.Actor) {
	if a.Generic {
		c.add(genericActor.at(a.Pos, a.Name))
		return
	}
	if what, ok := map[model.Kind]string{model.Interface: "an interface", model.Pointer: "a pointer"}[a.Under]; ok {
		c.add(actorKind.at(a.Pos, a.Name, what))
		return
	}
	for _, n := range a.Pkg.Types {
		if n.Name == a.Name {
			c.add(actorAsMessage.at(n.Annotation.Pos, a.Name, n.Annotation.Name))
		}
	}
	if len(a.Handlers) == 0 && !c.slips.handler(a.Pkg, a.Name) {
		c.add(noHandler.at(a.Pos, a.Name))
	}
	for _, h := range a.Handlers {
		c.handler(h)
	}
	for _, hook := range a.Hooks {
		c.hook(a, hook)
	}
	for _, l := range a.Lost {
		c.add(lostChange.at(l.Pos, a.Name+"."+l.Method, l.Field, l.Receiver, a.Name))
	}
}

// reserved are the names of methods that generated handles, refs and fakes have themselves.
var reserved = []string{"Ref", "Ports", "Actor", "String", "IsZero", "MarshalMsg", "UnmarshalMsg", "Msgsize", "BindRefs"}

// handler judges a handler.
func (c *checker) handler(h *model.Handler) {
	name := h.String()
	_, hook := model.HookSignatures[h.Name]
	switch {
	case hook:
		todo := "remove //actor:handler"
		if h.Contract.Interface {
			todo = "rename it"
		}
		c.add(hookAsHandler.at(h.Pos, name, todo))
		return
	case slices.Contains(reserved, h.Name), h.Name == h.Contract.Names().Behavior:
		c.add(reservedName.at(h.Pos, h.Name))
	case !model.IsExported(h.Name):
		c.add(unexportedHandler.at(h.Pos, name))
	}
	if h.Context == model.NoContext {
		pos := h.Pos
		if h.First != nil {
			if h.First.Kind == model.Invalid {
				return // the compiler has said it
			}
			pos = h.Params[0].Pos
		}
		c.add(noContext.at(pos, name, contextTodo(h)))
		return
	}
	c.words(h, name)
	fine := c.session(h, name)
	if !c.results(h, name) || !fine || h.Local() {
		return
	}
	s := sender{checker: c, pkg: h.Contract.Pkg, handler: true, remote: h.Contract.Interface}
	for i, p := range h.Params {
		s.send(p.Type, p.Pos, "parameter "+h.ParamName(i)+" of "+name)
	}
	if v := h.Value(); v != nil {
		s.send(v, h.ResultPos[0], "the result of "+name)
	}
	s.parts(h, name)
}

// results judges what a handler returns, and tells whether it has one of the forms.
func (c *checker) results(h *model.Handler, name string) bool {
	for i, r := range h.Results {
		if r.Kind == model.Invalid {
			return false
		}
		if r.Iterator() != "" {
			return c.stream(h, i, name)
		}
	}
	n := len(h.Results)
	if n > 2 || n > 0 && !h.ReturnsError() {
		c.add(badResults.at(h.ResultPos[0], name, list(h), resultsTodo(h)))
		return false
	}
	if h.Oneway() && n == 2 {
		c.add(onewayResult.at(h.ResultPos[0], name, h.Results[0].Short))
		return false
	}
	return true
}

// contextTodo says where a handler's context should be.
func contextTodo(h *model.Handler) string {
	if h.First != nil && h.First.Kind == model.Defined && h.First.Named.Is(model.RuntimePath, "Context") {
		return "write *actor.Context: a context is never copied"
	}
	for _, p := range h.Params {
		t := p.Type
		if t.Kind == model.Pointer {
			t = t.Elem
		}
		if t.Kind == model.Defined && (t.Named.Is("context", "Context") || t.Named.Is(model.RuntimePath, "Context")) {
			if p == h.Params[0] {
				return "write context.Context, without the asterisk"
			}
			return "make " + p.Name + " the first parameter"
		}
	}
	return "make *actor.Context or context.Context its first parameter"
}

// resultsTodo says what a handler should return instead.
func resultsTodo(h *model.Handler) string {
	if len(h.Results) > 1 {
		return "declare a struct for several values, and return that and an error"
	}
	t := h.Results[0]
	if t.Kind == model.Pointer {
		t = t.Elem
	}
	if t.IsError() || t.Kind == model.Defined && t.Named.IsErrorType() {
		return "return error, which can hold it"
	}
	return "return (" + ownName(h.Contract.Pkg, h.Results[0]) + ", error)"
}

// list writes a handler's results as its package does.
func list(h *model.Handler) string {
	var names []string
	for _, t := range h.Results {
		names = append(names, ownName(h.Contract.Pkg, t))
	}
	return strings.Join(names, ", ")
}

// hook judges a method that has the name of a hook.
func (c *checker) hook(a *model.Actor, h *model.Hook) {
	if a.Handler(h.Name) != nil {
		return // it has been told that it is no handler
	}
	switch {
	case h.Signature == bareSignatures[h.Name], strings.Contains(h.Signature, "invalid type"): // the compiler has said that
	case h.From != "":
		c.add(promotedHook.at(h.Pos, a.Name, h.Name, h.From, model.HookSignatures[h.Name]))
	default:
		c.add(hookSignature.at(h.Pos, h.Name, model.HookSignatures[h.Name]))
	}
}

// bareSignatures are those of model.HookSignatures without names.
var bareSignatures = map[string]string{
	"Init":              "(*actor.Context) error",
	"Cleanup":           "(*actor.Context, error) error",
	"HandleExit":        "(*actor.Context, *actor.Exit) (bool, error)",
	"HandleUndelivered": "(*actor.Context, *actor.Undelivered) error",
}

// ids looks for actors and handlers that would be mistaken for each other on the wire.
func (c *checker) ids() {
	contracts := map[string]*model.Contract{}
	handlers := map[uint64]*model.Handler{}
	for _, a := range c.contractsAskedLast() {
		if other := contracts[a.WireName()]; other != nil {
			if a.Pkg.Asked {
				c.add(actorName.at(a.Annotation.Pos, a.Name, other.Pkg.Path+"."+other.Name, a.WireName(), a.KindName(), other.KindName()))
			}
			continue
		}
		contracts[a.WireName()] = a
		for _, h := range a.Handlers {
			if h.Local() {
				continue
			}
			id := codec.ID(h.WireName())
			if other := handlers[id]; other != nil && a.Pkg.Asked {
				c.add(sameID.at(h.Annotation.Pos, h.String(), other.String()))
				continue
			}
			handlers[id] = h
		}
	}
}

// contractsAskedLast returns all actors and contracts of the run, those of packages that it is for at the end: of two that
// meet, the one that is judged comes second.
func (c *checker) contractsAskedLast() []*model.Contract {
	var others, asked []*model.Contract
	for _, pkg := range c.run.Packages {
		if pkg.Asked {
			asked = append(asked, pkg.Contracts()...)
		} else {
			others = append(others, pkg.Contracts()...)
		}
	}
	return append(others, asked...)
}
