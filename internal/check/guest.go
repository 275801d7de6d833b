package check

import "github.com/actorgen/actorgen/internal/model"

// A guest is a type whose fields are judged, which the user cannot change, where the user's code has it.
type guest struct {
	pos   model.Pos
	named *model.Named
	via   *guest // the guest that has a field of the type
	field bool   // it is in a field of the user's own, which can be left out
}

// in tells whether the type is being judged already.
func (g *guest) in(n *model.Named) bool { return g != nil && (g.named == n || g.via.in(n)) }

// way is the way out for a type that the user cannot change.
func (g *guest) way() string {
	way := "send a type of your own with what is needed of it"
	if g.field {
		way += ", or leave it out with `msg:\"-\"`"
	}
	return way
}

// outside is what to do about a type of another package.
func (g *guest) outside() string {
	if g.named.Owner != nil || g.named.InMain {
		return "annotate it with //actor:message there, and generate that package too"
	}
	return g.way()
}

// visit judges a type that will be encoded by this package, though it is declared in another one, or generic. The user learns
// of its first fault.
func (s sender) visit(t *model.Type, pos model.Pos, subject string) {
	n := t.Named
	if s.fine[fineGuest{s.pkg, n}] || s.guest.in(n) {
		return
	}
	if n.Owner != s.pkg && n.Constraint != "" && n.Constraint != s.pkg.BuildConstraint() {
		s.add(systemType.at(pos, subject, s.short(t), n.Constraint))
		return
	}
	own := *s.checker
	own.problems = nil
	in := sender{checker: &own, pkg: s.pkg, guest: &guest{pos: pos, named: n, via: s.guest, field: !s.handler}}
	if s.guest != nil {
		in.guest.field = s.guest.field
	}
	if n.Underlying.Kind == model.Struct {
		in.fields(n.Underlying, subject+" is "+s.short(t))
	} else {
		in.send(n.Underlying, pos, subject+" is "+s.short(t)+", and an element of it")
	}
	if len(own.problems) > 0 {
		s.add(own.problems[0])
		return
	}
	s.fine[fineGuest{s.pkg, n}] = true
}
