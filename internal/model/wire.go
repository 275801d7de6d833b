package model

import (
	"cmp"
	"slices"
)

// Wire returns the types of the package that get a serializer, sorted by name: the annotated ones, and what is reachable
// from the signatures of handlers that can be called from elsewhere.
func (p *Package) Wire() []*Named {
	found := p.closure().found
	slices.SortFunc(found, func(m, n *Named) int { return cmp.Compare(m.Name, n.Name) })
	return found
}

// closure finds all that the package sends.
func (p *Package) closure() *closure {
	w := &closure{pkg: p, seen: map[*Named]bool{}, others: map[*Package]map[*Named]bool{}}
	for _, n := range p.Types {
		w.root(n)
	}
	for _, n := range p.Unions {
		w.defined(&Type{Kind: Defined, Named: n, Text: n.ID(), Short: n.Name})
	}
	p.EachExchanged(w.defined)
	return w
}

// EachExchanged calls f for the defined types that handlers which can be called from elsewhere take and return.
func (p *Package) EachExchanged(f func(part *Type)) {
	for _, c := range p.Contracts() {
		for _, h := range c.Handlers {
			if h.Local() {
				continue
			}
			for _, param := range h.Params {
				param.Type.EachPart(f)
			}
			h.Value().EachPart(f)
			for _, part := range h.SessionParts() {
				part.Type.EachPart(f)
			}
		}
	}
}

type closure struct {
	pkg    *Package
	seen   map[*Named]bool
	found  []*Named
	guests []*Guest
	unions []*Union
	ports  []*PortArgs
	others map[*Package]map[*Named]bool // what other packages of the run give serializers
}

func (w *closure) root(n *Named) {
	if !w.seen[n] {
		w.seen[n] = true
		if !n.Codec && !n.Generic && n.Role == NotGenerated {
			w.found = append(w.found, n)
			w.parts(n)
		}
	}
}

// defined adds a defined type that is sent, and what it consists of.
func (w *closure) defined(t *Type) {
	n := t.Named
	if taken := t.PortOf(); taken != nil {
		w.port(taken)
		return
	}
	if n.Codec || n.Role != NotGenerated || n.IsTime() {
		return
	}
	if n.IsUnion() {
		w.union(t)
		return
	}
	switch n.Underlying.Kind {
	case Struct, Slice, Array, Map:
	default:
		return
	}
	switch {
	case n.Owner == w.pkg && !n.Generic:
		w.root(n)
	case !w.seen[n] && !w.isOthers(n):
		w.seen[n] = true
		w.guests = append(w.guests, &Guest{Type: t})
		w.parts(n)
	}
}

// port adds a port, and what it takes: whoever receives the port sends it.
func (w *closure) port(taken *Type) {
	if taken.IsPortArgs() || slices.ContainsFunc(w.ports, func(a *PortArgs) bool { return a.Type.Text == taken.Text }) {
		return
	}
	w.ports = append(w.ports, &PortArgs{Type: taken})
	taken.EachPart(w.defined)
}

// union adds a union, and its variants if they are the package's own.
func (w *closure) union(t *Type) {
	n := t.Named
	if w.seen[n] {
		return
	}
	w.seen[n] = true
	w.unions = append(w.unions, &Union{Type: t})
	for _, v := range n.Variants {
		if e := v.Named(); e != nil && n.Owner == w.pkg && e.Underlying.Kind != Interface {
			w.root(e)
		}
	}
}

func (w *closure) parts(n *Named) {
	if n.Encoding == ByParts {
		n.Underlying.EachPart(w.defined)
	}
}

// isOthers tells whether the type's own package gives it a serializer, in this run or in one of its own.
func (w *closure) isOthers(n *Named) bool {
	if n.Owner == nil || n.Owner == w.pkg {
		return false
	}
	wire := w.others[n.Owner]
	if wire == nil {
		wire = map[*Named]bool{}
		for _, m := range n.Owner.Wire() {
			wire[m] = true
		}
		w.others[n.Owner] = wire
	}
	return wire[n]
}

// HasRefs tells whether a value of the type holds a ref or a port, so that decoding has to bind it.
func (t *Type) HasRefs() bool { return t.hasRefs(map[*Named]bool{}) }

func (t *Type) hasRefs(seen map[*Named]bool) bool {
	if t == nil {
		return false
	}
	switch t.Kind {
	case Defined:
		n := t.Named
		if n.Role == RefRole || n.Binds || t.PortOf() != nil {
			return true
		}
		if n.Codec || n.Encoding != ByParts || seen[n] {
			return false
		}
		seen[n] = true
		if n.IsUnion() {
			return slices.ContainsFunc(n.Variants, func(v *Variant) bool { return v.Type.hasRefs(seen) })
		}
		return n.Underlying.hasRefs(seen)
	case Struct:
		return slices.ContainsFunc(t.Fields, func(f *Field) bool { return !f.Omitted() && f.Type.hasRefs(seen) })
	case Pointer, Slice, Array:
		return t.Elem.hasRefs(seen)
	case Map:
		return t.Key.hasRefs(seen) || t.Elem.hasRefs(seen)
	}
	return false
}
