package check

import (
	"github.com/actorgen/actorgen/internal/model"
)

// needed are the predeclared names that generated code uses.
var needed = []string{
	"any", "append", "bool", "byte", "cap", "clear", "copy", "error", "false", "int", "iota", "len", "make", "new", "nil", "panic", "range",
	"string", "true", "uint", "uint16", "uint32", "uint64", "uint8",
}

// names looks for names that generated code and the user's would both declare.
func (c *checker) names(pkg *model.Package) {
	if !pkg.IsAnnotated() {
		return
	}
	c.collisions(pkg.GeneratedNames(), pkg.Declared, takenName)
	if c.fixtures {
		c.collisions(pkg.FixtureNames(), pkg.Fixtures, takenFixture)
	}
	for _, name := range needed {
		if pos, ok := pkg.Declared[name]; ok {
			c.add(hiddenPredeclared.at(pos, name))
		}
	}
}

func (c *checker) collisions(generated []model.GeneratedName, declared map[string]model.Pos, taken Rule) {
	first := map[string]model.GeneratedName{}
	told := map[string]bool{}
	for _, g := range generated {
		if pos, ok := declared[g.Name]; ok {
			c.add(taken.at(pos, g.Name, g.For))
		}
		if other, ok := first[g.Name]; ok {
			if told[other.For+g.For] {
				continue // one name is enough to see it
			}
			told[other.For+g.For] = true
			c.add(twiceGenerated.at(g.Pos, g.Name, other.For, g.For))
		} else {
			first[g.Name] = g
		}
	}
}
