package model

import (
	"slices"
	"strings"
)

// FixturesName is the name of the package of fixtures, and of its folder in the package's own.
func (p *Package) FixturesName() string { return p.Name + FixturesSuffix }

// FixturesPath is the import path of the package of fixtures.
func (p *Package) FixturesPath() string { return p.Path + "/" + p.FixturesName() }

// Samples returns the messages that get a sample value: those that other packages can name.
func (p *Package) Samples() []*Named {
	if p.Name == "main" {
		return nil
	}
	return slices.DeleteFunc(p.Wire(), func(n *Named) bool { return !n.Exported })
}

// Fakes returns the actors and contracts that get a fake: those that another package can implement.
func (p *Package) Fakes() []*Contract {
	if p.Name == "main" {
		return nil
	}
	var found []*Contract
	for _, c := range p.Contracts() {
		if IsExported(c.Name) && !slices.ContainsFunc(c.Handlers, func(h *Handler) bool { return !h.isSpellable() }) {
			found = append(found, c)
		}
	}
	return found
}

// HasFixtures tells whether there is something to make fixtures for.
func (p *Package) HasFixtures() bool { return len(p.Samples())+len(p.Fakes()) > 0 }

// isSpellable tells whether other packages can write the handler's signature.
func (h *Handler) isSpellable() bool {
	return !slices.ContainsFunc(h.Types(), func(t *Type) bool { return !t.IsSpellable() })
}

// IsSpellable tells whether other packages than its own can write the type.
func (t *Type) IsSpellable() bool {
	if t == nil {
		return true
	}
	list := func(types []*Type) bool {
		return !slices.ContainsFunc(types, func(u *Type) bool { return !u.IsSpellable() })
	}
	if t.Alias != nil {
		return IsExported(t.Alias.Name)
	}
	if t.Kind == Defined {
		return (t.Named.Pkg == "" || t.Named.Exported) && list(t.Args)
	}
	return t.Key.IsSpellable() && t.Elem.IsSpellable() && list(t.Params) && list(t.Results) && list(t.Embeds) &&
		!slices.ContainsFunc(t.Fields, func(f *Field) bool { return !f.Exported || !f.Type.IsSpellable() }) &&
		!slices.ContainsFunc(t.Methods, func(m *Method) bool { return !IsExported(m.Name) || !m.Func.IsSpellable() })
}

// FakeNames are the names of a fake's members.
type FakeNames struct {
	Spawn  string
	On     map[*Handler]string // the field that scripts the handler
	Calls  map[*Handler]string // the method that returns the recorded calls
	Record map[*Handler]string // the package-level type of a recorded call
	State  string              // the package-level type of one incarnation
}

// FakeNames names the members of the fake so that they do not meet its handlers.
func (c *Contract) FakeNames() FakeNames {
	taken := map[string]bool{}
	for _, h := range c.Handlers {
		taken[h.Name] = true
	}
	free := func(name, suffix string) string {
		for taken[name] {
			name += suffix
		}
		taken[name] = true
		return name
	}
	n := FakeNames{On: map[*Handler]string{}, Calls: map[*Handler]string{}, Record: map[*Handler]string{}}
	n.Spawn = free("Spawn", "Fake")
	n.State = Lower(c.Name) + "Incarnation"
	for _, h := range c.Handlers {
		n.On[h] = free("On"+h.Name, "Func")
		n.Calls[h] = free(h.Name+"Calls", "Made")
		n.Record[h] = c.Name + h.Name + "Call"
	}
	return n
}

// FixtureNames returns every name that generated fixtures declare at package level.
func (p *Package) FixtureNames() []GeneratedName {
	var names []GeneratedName
	for _, c := range p.Fakes() {
		n, what := c.FakeNames(), c.KindName()+" "+c.Name
		names = append(names, GeneratedName{c.Name, c.Pos, what}, GeneratedName{n.State, c.Pos, what})
		for _, h := range c.Handlers {
			names = append(names, GeneratedName{n.Record[h], h.Pos, "handler " + h.String()})
		}
	}
	samples := p.Samples()
	for _, m := range samples {
		names = append(names, GeneratedName{SampleName(m), m.Pos, "message " + m.Name},
			GeneratedName{"Test" + m.Name + "OnTheWire", m.Pos, "message " + m.Name})
	}
	if len(samples) > 0 {
		names = append(names, GeneratedName{ComparisonName, samples[0].Pos, "the messages of package " + p.Name},
			GeneratedName{"testOnTheWire", samples[0].Pos, "the messages of package " + p.Name})
	}
	return names
}

// ComparisonName is the function that returns how to compare messages.
const ComparisonName = "Cmp"

// SampleName is the function that returns a sample of the message.
func SampleName(n *Named) string { return "Sample" + strings.TrimPrefix(n.Name, "_") }
