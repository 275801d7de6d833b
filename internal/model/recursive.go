package model

// Recursive returns the types with serializers in the package whose values may contain values of the same type.
func (p *Package) Recursive() map[*Named]bool {
	w := p.closure()
	nodes := w.found
	for _, g := range w.guests {
		nodes = append(nodes, g.Type.Named)
	}
	for _, u := range w.unions {
		nodes = append(nodes, u.Type.Named)
	}
	inside := map[*Named]map[*Named]bool{} // what each type contains at once
	for _, n := range nodes {
		inside[n] = map[*Named]bool{}
		for _, v := range n.Variants {
			if v.Type != nil {
				v.Type.eachPart(func(m *Named) { inside[n][m] = true })
			}
		}
		if n.Encoding == ByParts {
			n.Underlying.eachPart(func(m *Named) { inside[n][m] = true })
		}
	}
	found := map[*Named]bool{}
	for _, n := range nodes {
		seen := map[*Named]bool{}
		var reach func(m *Named) bool
		reach = func(m *Named) bool {
			for next := range inside[m] {
				if next == n {
					return true
				}
				if !seen[next] {
					seen[next] = true
					if reach(next) {
						return true
					}
				}
			}
			return false
		}
		if reach(n) {
			found[n] = true
		}
	}
	return found
}

// eachPart calls f for the defined types that the type spells out.
func (t *Type) eachPart(f func(n *Named)) {
	switch t.Kind {
	case Defined:
		f(t.Named)
	case Pointer, Slice, Array:
		t.Elem.eachPart(f)
	case Map:
		t.Key.eachPart(f)
		t.Elem.eachPart(f)
	case Struct:
		for _, field := range t.Fields {
			if !field.Omitted() {
				field.Type.eachPart(f)
			}
		}
	}
}

// Holds tells whether a value of the type spells out a value of one of the types.
func (t *Type) Holds(types map[*Named]bool) bool {
	found := false
	t.eachPart(func(n *Named) { found = found || types[n] })
	return found
}
