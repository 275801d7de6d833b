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
			v.Type.EachPart(func(t *Type) { inside[n][t.Named] = true })
		}
		if n.Encoding == ByParts {
			n.Underlying.EachPart(func(t *Type) { inside[n][t.Named] = true })
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
