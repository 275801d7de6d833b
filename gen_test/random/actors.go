package random

import "fmt"

// raws are types that cannot be sent, for local handlers.
var raws = []string{
	"chan int", "<-chan (<-chan string)", "func()", "func(a, b int, c ...string) (x error, y map[string]any)", "any", "error", "interface{ M(int) error }",
	"uintptr", "[]func() chan<- bool", "map[string]any", "struct{ F func(); any }", "*chan struct{}", "[3]any",
}

// actor declares an actor and its handlers; their signatures come when the types are there.
func (g *grower) actor(p *Package) {
	a := &Actor{Pkg: p, File: g.rng.IntN(len(p.Files)), Slice: g.chance(8)}
	taken := map[string]bool{}
	var names []string
	for range 1 + g.rng.IntN(6) {
		h := &Handler{Name: unique(g.rng, handlerNames, taken), File: g.rng.IntN(len(p.Files))}
		names = append(names, h.Name)
		a.Handlers = append(a.Handlers, h)
	}
	a.Name = g.names.actor(!g.chance(4), names)
	if g.chance(3) {
		a.Contract = g.names.contract(!g.chance(4), names)
	}
	if g.chance(6) {
		a.Wire = fmt.Sprintf("kind.%s/%d", p.Path, g.rng.IntN(1000))
	}
	for _, hook := range []string{"Init", "Cleanup", "HandleUndelivered"} {
		if g.chance(6) {
			a.Hooks = append(a.Hooks, hook)
		}
	}
	p.Actors = append(p.Actors, a)
}

// signature gives a handler its kind, parameters and result.
func (g *grower) signature(p *Package, h *Handler) {
	h.ByValue, h.ActorContext = g.chance(2), g.chance(3)
	h.Local = g.chance(8)
	h.Promised = !g.chance(4)
	h.Oneway = g.chance(3)
	h.Inline = !h.Oneway && g.chance(5)
	h.Reentrant = !h.Inline && g.chance(5)
	talks := !h.Oneway && !h.Inline && g.chance(4)
	h.Error = g.chance(2)
	if g.chance(4) {
		h.Doc = h.Name + " does it.\n\n\tas code\n\nand // more, of \"this\"."
	}
	if !h.Local && g.chance(6) {
		h.ID = fmt.Sprintf("wire-%s.%d", h.Name, g.rng.IntN(1000))
	}
	w := want{pkg: p, depth: 3}
	result := func() *Type {
		if h.Local && g.chance(2) {
			return &Type{Kind: Raw, Name: raws[g.rng.IntN(len(raws))]}
		}
		return g.typ(w)
	}
	taken := map[string]bool{"xx": true, "x0": true, "x1": true, sessionName: true}
	unnamed := g.chance(10) && !talks
	if !unnamed {
		h.Context = unique(g.rng, contextNames, taken)
	}
	for range g.rng.IntN(5) * (1 + g.rng.IntN(2)) * g.rng.IntN(2) {
		h.Params = append(h.Params, g.param(p, result(), unnamed, taken))
	}
	for range g.rng.IntN(2) {
		h.Params = append(h.Params, g.param(p, result(), unnamed, taken))
	}
	if talks {
		g.talk(h, result)
	}
	h.Variadic = len(h.Params) > 0 && h.Talk == nil && g.chance(5)
	if !h.Oneway && h.Stream == nil && g.chance(2) {
		h.Result, h.Error = result(), true
	}
}

// talk makes a session or a stream of the handler. Some have nothing in one place or another.
func (g *grower) talk(h *Handler, typ func() *Type) {
	part := func() *Type {
		if g.chance(5) {
			return &Type{Kind: Struct}
		}
		return typ()
	}
	if g.chance(3) {
		h.Stream = part()
	} else {
		h.Talk = &Talk{Open: part(), In: part(), Out: part()}
	}
}

// param makes a parameter, which may be called as a type is, or a package.
func (g *grower) param(p *Package, t *Type, unnamed bool, taken map[string]bool) *HandlerParam {
	if unnamed {
		return &HandlerParam{Type: t}
	}
	name := ""
	switch n := g.rng.IntN(20); {
	case n == 0:
		name = "_"
	case n == 1 && len(p.Decls) > 0:
		if d := p.Decls[g.rng.IntN(len(p.Decls))]; !taken[d.Name] {
			name = d.Name
			taken[name] = true
		}
	}
	if name == "" {
		name = unique(g.rng, paramNames, taken)
	}
	return &HandlerParam{Name: name, Type: t}
}
