package model

import (
	"cmp"
	"fmt"
	"slices"
)

// Sent is all that a package sends: the types that get serializers, and what is encoded by types of the package's own that
// generated code declares beside them.
type Sent struct {
	Types  []*Named // sorted by name
	Guests []*Guest // these sorted by their types, as are the others
	Unions []*Union
	Ports  []*PortArgs // what is sent to ports that came in messages
}

// Sent finds all that the package sends, and names what is declared for it.
func (p *Package) Sent() *Sent {
	w := p.closure()
	slices.SortFunc(w.found, func(m, n *Named) int { return cmp.Compare(m.Name, n.Name) })
	slices.SortFunc(w.guests, func(g, h *Guest) int { return cmp.Compare(g.Type.Text, h.Type.Text) })
	slices.SortFunc(w.unions, func(u, v *Union) int { return cmp.Compare(u.Type.Text, v.Type.Text) })
	slices.SortFunc(w.ports, func(a, b *PortArgs) int { return cmp.Compare(a.Type.Text, b.Type.Text) })
	names := p.taken()
	for _, g := range w.guests {
		base := guestName(g.Type)
		g.Name = names.take("Wire", "", base, Lower(g.Type.Named.PkgName)+Upper(base))
	}
	for _, u := range w.unions {
		u.Name = names.take("Union", convertSuffix, Lower(u.Type.Named.Name))
	}
	for _, a := range w.ports {
		a.Name = names.take("PortArgs", "", portName(a.Type))
	}
	return &Sent{w.found, w.guests, w.unions, w.ports}
}

// A nameSet has the names that mean something in a package.
type nameSet map[string]bool

// taken are the names that mean something in the package.
func (p *Package) taken() nameSet {
	taken := nameSet{}
	for _, names := range []map[string]Pos{p.Declared, p.Imports} {
		for name := range names {
			taken[name] = true
		}
	}
	for _, n := range p.GeneratedNames() {
		taken[n.Name] = true
	}
	return taken
}

// take takes the first of the bases with the suffix that is free, or the first base with a number behind the suffix. The name
// with the second suffix has to be free as well.
func (taken nameSet) take(suffix, second string, bases ...string) string {
	free := func(name string) bool { return !taken[name] && !taken[name+second] }
	name := ""
	for _, base := range bases {
		if name = base + suffix; free(name) {
			break
		}
	}
	for i := 2; !free(name); i++ {
		name = fmt.Sprintf("%s%s%d", bases[0], suffix, i)
	}
	taken[name], taken[name+second] = true, true
	return name
}
