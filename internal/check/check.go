// Package check holds the rules that a user can break, and the words in which that is said.
package check

import (
	"github.com/actorgen/actorgen/internal/model"
)

// Run returns the problems of a run, in no order. Those of fixtures count if fixtures are to be written.
func Run(run *model.Run, fixtures bool) []model.Problem {
	c := &checker{run: run, fixtures: fixtures, wire: map[*model.Named]bool{}, actors: map[string]bool{}}
	for _, pkg := range run.Packages {
		for _, n := range pkg.Wire() {
			c.wire[n] = true
		}
		for _, a := range pkg.Actors {
			c.actors[pkg.Path+"."+a.Name] = true
		}
	}
	for _, pkg := range run.Packages {
		if !pkg.Asked {
			continue
		}
		c.directives(pkg)
		for _, a := range pkg.Actors {
			c.actor(a)
		}
		c.messages(pkg)
		c.errorVars(pkg)
		c.names(pkg)
	}
	c.ids()
	return c.problems
}

// A checker collects the problems of a run.
type checker struct {
	run      *model.Run
	fixtures bool
	wire     map[*model.Named]bool // types that get a serializer in this run
	actors   map[string]bool       // by import path and name
	problems []model.Problem
}

func (c *checker) add(p model.Problem) { c.problems = append(c.problems, p) }
