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
	if len(a.Handlers) == 0 {
		c.add(noHandler.at(a.Pos, a.Name))
	}
	for _, h := range a.Handlers {
		c.handler(h)
	}
	for _, hook := range a.Hooks {
		c.hook(a, hook)
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
	if h.Session.IsValid() {
		c.add(laterSession.at(h.Session, name))
		return
	}
	if h.Context == model.NoContext {
		pos := h.Pos
		if h.First != nil {
			if h.First.Kind == model.Invalid {
				return // the compiler has said it
			}
			pos = h.Params[0].Pos
		}
		c.add(noContext.at(pos, name))
		return
	}
	if h.Inline() && h.Oneway() {
		c.add(inlineOneway.at(h.Pos, name))
	}
	if h.Local() && h.Annotation.Has("id") {
		c.add(localID.at(h.Pos, name))
	}
	if !c.results(h, name) || h.Local() {
		return
	}
	s := sender{checker: c, pkg: h.Contract.Pkg, handler: true}
	for i, p := range h.Params {
		s.send(p.Type, p.Pos, "parameter "+h.ParamName(i)+" of "+name)
	}
	if v := h.Value(); v != nil {
		s.send(v, h.ResultPos[0], "the result of "+name)
	}
}

// results judges what a handler returns, and tells whether it has one of the forms.
func (c *checker) results(h *model.Handler, name string) bool {
	for i, r := range h.Results {
		if r.Kind == model.Invalid {
			return false
		}
		if r.Kind == model.Defined && r.Named.Is("iter", "Seq2") {
			c.add(laterStream.at(h.ResultPos[i], name))
			return false
		}
	}
	n := len(h.Results)
	if n > 2 || n > 0 && !h.ReturnsError() {
		c.add(badResults.at(h.ResultPos[0], name, list(h.Results)))
		return false
	}
	if h.Oneway() && n == 2 {
		c.add(onewayResult.at(h.ResultPos[0], name, h.Results[0].Short))
		return false
	}
	return true
}

func list(types []*model.Type) string {
	var names []string
	for _, t := range types {
		names = append(names, t.Short)
	}
	return strings.Join(names, ", ")
}

// hook judges a method that has the name of a hook.
func (c *checker) hook(a *model.Actor, h *model.Hook) {
	if slices.ContainsFunc(a.Handlers, func(g *model.Handler) bool { return g.Name == h.Name }) {
		return // it has been told that it is no handler
	}
	if h.Name == "HandleExit" {
		c.add(laterHook.at(h.Pos, h.Name))
		return
	}
	switch {
	case h.Signature == bareSignatures[h.Name]:
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
	"HandleUndelivered": "(*actor.Context, *actor.Undelivered) error",
}

// ids looks for actors and handlers that would be mistaken for each other on the wire.
func (c *checker) ids() {
	contracts := map[string]*model.Contract{}
	handlers := map[uint64]*model.Handler{}
	for _, a := range c.contractsAskedLast() {
		if other := contracts[a.WireName()]; other != nil {
			if a.Pkg.Asked {
				c.add(actorName.at(a.Annotation.Pos, a.Name, other.Name, a.WireName(), a.KindName(), other.KindName()))
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
