package model

import "slices"

// A Contract is what can be called: on whoever implements an annotated interface, or on an actor.
type Contract struct {
	Pkg        *Package
	Name       string // of the interface, or of the actor's type
	Pos        Pos
	Annotation *Annotation
	Interface  bool       // it is an interface, which actors of other packages implement
	Generic    bool       // it has type parameters
	Embeds     []*Type    // of an interface
	Handlers   []*Handler // in the order of their declaration: by file, then position
}

// WireName is what the kind is called on the wire: its import path and type, unless name= says otherwise.
func (c *Contract) WireName() string {
	if arg, ok := c.Annotation.Arg("name"); ok {
		return arg.Value
	}
	return c.Pkg.Path + "." + c.Name
}

// KindName is what the user has annotated: an actor or a contract.
func (c *Contract) KindName() string {
	if c.Interface {
		return "contract"
	}
	return "actor"
}

// Handler returns the handler of that name, or nil.
func (c *Contract) Handler(name string) *Handler {
	i := slices.IndexFunc(c.Handlers, func(h *Handler) bool { return h.Name == name })
	if i < 0 {
		return nil
	}
	return c.Handlers[i]
}

// An Implementation is one contract that an actor says it implements.
type Implementation struct {
	Pos      Pos       // of the argument
	Name     string    // as written: bankapi.Account
	Contract *Contract // nil if there is none
	Why      string    // there is none
}

// Promised pairs the contract's handlers with the actor's. The actor's is nil where it has none.
func (im *Implementation) Promised(a *Actor) []Promise {
	var list []Promise
	for _, h := range im.Contract.Handlers {
		list = append(list, Promise{By: h, Kept: a.Handler(h.Name)})
	}
	return list
}

// A Promise is a handler of a contract, and the one of the implementing actor that keeps it.
type Promise struct{ By, Kept *Handler }

// SameTypes tells whether the two take the same arguments after the context, and have the same result beside the error.
func (p Promise) SameTypes() bool {
	same := func(t, u *Type) bool { return t == u || t != nil && u != nil && t.Text == u.Text }
	return p.By.Variadic == p.Kept.Variadic && same(p.By.Value(), p.Kept.Value()) &&
		slices.EqualFunc(p.By.SessionParts(), p.Kept.SessionParts(), func(q, r SessionPart) bool { return same(q.Type, r.Type) }) &&
		slices.EqualFunc(p.By.Params, p.Kept.Params, func(q, r *Param) bool { return same(q.Type, r.Type) })
}

// Contracts returns all that can be called in the package: the annotated interfaces, and the actors.
func (p *Package) Contracts() []*Contract {
	list := slices.Clone(p.Interfaces)
	for _, a := range p.Actors {
		list = append(list, a.Contract)
	}
	return list
}
