package check

import (
	"cmp"

	"github.com/actorgen/actorgen/internal/model"
)

// conditions looks for declarations that are compiled on some systems only: generated code builds on all that is generated for,
// and is compiled where all of it is.
func (c *checker) conditions(pkg *model.Package) {
	bases := pkg.Bases()
	for _, b := range bases {
		if b.Constraint == "" {
			continue
		}
		for _, other := range bases {
			if other.Constraint != b.Constraint {
				c.add(buildConstraint.at(b.Pos, b.What, b.Constraint, other.What, cmp.Or(other.Constraint, "all systems")))
				break
			}
		}
	}
}
