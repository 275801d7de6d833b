package model

import "cmp"

// A Condition is what has to hold for a file to be compiled.
type Condition struct {
	Constraint string // by its name or its //go:build line; "" if there is none
	Cgo        bool   // it has import "C"
}

// String writes the condition as a build constraint.
func (c Condition) String() string {
	switch {
	case !c.Cgo:
		return c.Constraint
	case c.Constraint == "":
		return "cgo"
	}
	return "(" + c.Constraint + ") && cgo"
}

// A Base is something that generated code builds on.
type Base struct {
	What string // actor Account, handler Account.Deposit, type Money
	Pos  Pos
	Condition
}

// Bases returns what the package's generated code builds on: whatever is annotated, and the package's types in what is sent.
// Without one of them that code does not compile, or does not do what it should.
func (p *Package) Bases() []Base {
	var list []Base
	seen := map[Pos]bool{}
	add := func(what string, pos Pos) {
		if !seen[pos] {
			seen[pos] = true
			list = append(list, Base{what, pos, p.Conditions[pos.File]})
		}
	}
	for _, c := range p.Contracts() {
		add(c.KindName()+" "+c.Name, c.Pos)
		for _, h := range c.Handlers {
			add("handler "+h.String(), h.Pos)
		}
	}
	for _, v := range p.Errors {
		add("variable "+v.Name, v.Pos)
	}
	seenTypes := map[*Named]bool{}
	var part func(t *Type)
	named := func(n *Named) {
		if n.Owner != p || seenTypes[n] || n.Role != NotGenerated {
			return
		}
		seenTypes[n] = true
		add("type "+n.Name, n.Pos)
		if n.Encoding == ByParts && !n.Codec {
			n.Underlying.EachPart(part)
		}
	}
	part = func(t *Type) { named(t.Named) }
	for _, n := range append(p.Types[:len(p.Types):len(p.Types)], p.Unions...) {
		named(n)
		for _, v := range n.Variants {
			v.Type.EachPart(part)
		}
	}
	p.EachExchanged(part)
	return list
}

// BuildConstraint is the condition of the package's generated files, or "": that of all that they build on, which is the same.
func (p *Package) BuildConstraint() string {
	var c Condition
	for _, b := range p.Bases() {
		c.Constraint = cmp.Or(c.Constraint, b.Constraint)
		c.Cgo = c.Cgo || b.Cgo
	}
	return c.String()
}
