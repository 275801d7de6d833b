package check

import (
	"strings"

	"github.com/actorgen/actorgen/internal/model"
)

// A slip is a directive that does not count, so that what it was meant for looks as if it had none. Slips are told once: an
// actor whose handlers are all misspelt is not told that it has no handler.
type slips map[slip]bool

type slip struct {
	pkg   *model.Package
	place model.Place
	name  string // of the type; empty if the directive stands on nothing
}

// add notes that a directive does not count.
func (s slips) add(pkg *model.Package, a *model.Annotation) {
	owner, _, _ := strings.Cut(a.Subject, ".")
	switch a.Place {
	case model.OnMethod, model.OnInterfaceMethod:
		s[slip{pkg, model.OnMethod, owner}] = true
	case model.OnNothing:
		if a.Name != "actor" && a.Name != "contract" {
			s[slip{pkg, model.OnMethod, ""}] = true
		}
		if a.Name != "handler" {
			s[slip{pkg, model.OnType, ""}] = true
		}
	default:
		s[slip{pkg, model.OnType, owner}] = true
	}
}

// actor tells whether the type may have been meant as an actor.
func (s slips) actor(pkg *model.Package, name string) bool {
	return s[slip{pkg, model.OnType, name}] || s[slip{pkg, model.OnType, ""}]
}

// handler tells whether a method of the actor may have been meant as a handler.
func (s slips) handler(pkg *model.Package, actor string) bool {
	return s[slip{pkg, model.OnMethod, actor}] || s[slip{pkg, model.OnMethod, ""}]
}
