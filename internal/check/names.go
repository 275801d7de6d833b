package check

import (
	"github.com/actorgen/actorgen/internal/model"
)

// needed are the predeclared names that generated code uses: types of whatever kind, and some functions.
var needed = []string{
	"any", "append", "bool", "byte", "cap", "clear", "complex128", "complex64", "copy", "error", "false", "float32", "float64", "int", "int16",
	"int32", "int64", "int8", "iota", "len", "make", "new", "nil", "panic", "string", "true", "uint", "uint16", "uint32", "uint64", "uint8",
	"uintptr",
}

// names looks for names that generated code and the user's would both declare.
func (c *checker) names(pkg *model.Package) {
	if !pkg.IsAnnotated() {
		return
	}
	c.collisions(pkg.GeneratedNames(), takenName, pkg.Declared, pkg.Imports)
	if c.fixtures && pkg.HasFixtures() {
		for _, r := range pkg.InFixtures {
			c.add(fixturesFolder.at(r.Pos, r.What, pkg.Name))
		}
		c.collisions(pkg.FixtureNames(), takenFixture, pkg.Fixtures)
	}
	for _, name := range needed {
		if pos, ok := pkg.Declared[name]; ok {
			c.add(hiddenPredeclared.at(pos, name))
		}
	}
}

func (c *checker) collisions(generated []model.GeneratedName, taken Rule, declared ...map[string]model.Pos) {
	first := map[string]model.GeneratedName{}
	told := map[string]bool{}
	for _, g := range generated {
		for _, names := range declared {
			if pos, ok := names[g.Name]; ok {
				c.add(taken.at(pos, g.Name, g.For))
			}
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
