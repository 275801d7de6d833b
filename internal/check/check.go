// Package check holds the rules that a user can break, and the words in which that is said.
package check

import (
	"github.com/actorgen/actorgen/internal/model"
)

// Run returns the problems of a run, in no order. Those of fixtures count if fixtures are to be written.
func Run(run *model.Run, fixtures bool) []model.Problem {
	c := &checker{run: run, fixtures: fixtures, wire: map[*model.Named]bool{}, contracts: map[string]*model.Contract{},
		fine: map[fineGuest]bool{}, slips: slips{}}
	for _, pkg := range run.Packages {
		for _, n := range pkg.Wire() {
			c.wire[n] = true
		}
		for _, k := range pkg.Contracts() {
			c.contracts[pkg.Path+"."+k.Name] = k
		}
	}
	for _, pkg := range run.Packages {
		if !pkg.Asked {
			continue
		}
		c.directives(pkg)
		for _, k := range pkg.Interfaces {
			c.contract(k)
		}
		for _, a := range pkg.Actors {
			c.actor(a)
			c.implementations(a)
		}
		c.messages(pkg)
		c.errorVars(pkg)
		c.conditions(pkg)
		c.names(pkg)
	}
	c.ids()
	return c.problems
}

// A checker collects the problems of a run.
type checker struct {
	run       *model.Run
	fixtures  bool
	wire      map[*model.Named]bool      // types that get a serializer in this run
	contracts map[string]*model.Contract // of actors too, by import path and name
	fine      map[fineGuest]bool
	slips     slips
	problems  []model.Problem
}

// A fineGuest is a guest in which nothing was found wrong, in a package: whole graphs of types hang on some.
type fineGuest struct {
	pkg *model.Package
	n   *model.Named
}

func (c *checker) add(p model.Problem) { c.problems = append(c.problems, p) }
