package check

import (
	"regexp"
	"strings"

	"github.com/actorgen/actorgen/internal/model"
)

const cgoPrefix = "_Ctype_" // of the names that cgo gives to types of C

// A sender judges whether values of types can be sent.
type sender struct {
	*checker
	pkg     *model.Package
	handler bool // a handler's parameters and results are judged, not a field
	remote  bool // the handler is a contract's, which cannot be local
	guest   *guest
}

// way is the way out for what cannot be encoded, with what to send instead.
func (s sender) way(instead string) string {
	switch {
	case s.guest != nil:
		return s.guest.way()
	case s.handler && s.remote:
		return instead
	case s.handler:
		return instead + ", or make the handler local: //actor:handler local"
	}
	return instead + ", or leave the field out with `msg:\"-\"`"
}

// What to send in the place of what only its own process can use.
const (
	insteadOfChan = "send an actor.Port, which takes values from anywhere, or a ref"
	insteadOfFunc = "send what it would be called with, or a ref whose actor is called back"
	insteadOfAny  = "write the type that is sent, or an interface of yours that says which types it may hold: //actor:union A B"
)

// send judges a type at a place, whose subject says what has the type.
func (s sender) send(t *model.Type, pos model.Pos, subject string) {
	switch t.Kind {
	case model.Basic:
		if t.Name == "uintptr" || t.Name == "Pointer" {
			s.add(notSendable.at(pos, subject, article(s.short(t)), "send what it stands for"))
		}
	case model.Invalid:
		if s.guest != nil && s.guest.named.Owner != s.pkg { // of its own the compiler's complaint is passed on
			s.add(notSendable.at(pos, subject, "of a type that the compiler does not know", "correct its package first"))
		}
	case model.Chan:
		s.add(notSendable.at(pos, subject, "a channel", s.way(insteadOfChan)))
	case model.Func:
		s.add(notSendable.at(pos, subject, "a function", s.way(insteadOfFunc)))
	case model.Interface:
		s.add(notSendable.at(pos, subject, "an interface ("+s.short(t)+")", s.typed()))
	case model.TypeParam:
		s.add(notSendable.at(pos, subject, "a type parameter ("+s.short(t)+")", "write the type that is sent"))
	case model.Pointer, model.Slice, model.Array:
		s.send(t.Elem, pos, subject)
	case model.Map:
		s.key(t.Key, pos, subject)
		s.send(t.Key, pos, subject)
		s.send(t.Elem, pos, subject)
	case model.Struct:
		s.fields(t, subject)
	case model.Defined:
		s.defined(t, pos, subject)
	}
}

// typed is what to send instead of something in an interface.
func (s sender) typed() string {
	if s.guest != nil {
		return s.guest.way()
	}
	return insteadOfAny
}

// refOf is the name of the ref that stands for a generated type in messages.
func refOf(n *model.Named) string {
	for _, suffix := range []string{"Handle", "Client", "Behavior", "Ports"} {
		if actor, ok := strings.CutSuffix(n.Name, suffix); ok {
			return actor + "Ref"
		}
	}
	return "the actor's ref"
}

// short writes a type as the package that is judged does.
func (s sender) short(t *model.Type) string { return ownName(s.pkg, t) }

// ownName writes a type as a package does, its own types without its name.
func ownName(pkg *model.Package, t *model.Type) string {
	return regexp.MustCompile(`\b`+regexp.QuoteMeta(pkg.Name)+`\.`).ReplaceAllString(t.Short, "")
}

// article puts "a" or "an" before what is not read letter by letter.
func article(name string) string {
	if strings.HasPrefix(name, "unsafe") {
		return "an " + name
	}
	return "a " + name
}

// key judges the key of a map beyond that it can be sent.
func (s sender) key(t *model.Type, pos model.Pos, subject string) {
	switch {
	case t.Kind == model.Pointer || t.Kind == model.Defined && t.Named.Underlying.Kind == model.Pointer:
		s.add(mapKey.at(pos, subject, "a pointer", "use what it points to: a pointer is another one where it arrives"))
	case t.Kind == model.Defined && t.Named.Is("time", "Time"):
		s.add(mapKey.at(pos, subject, "a time.Time", "use its UnixNano: a time in another zone is another key"))
	case t.Kind == model.Defined && t.Named.IsUnion():
		s.add(mapKey.at(pos, subject, "a union", "use a key of one type"))
	case t.Kind == model.Struct:
		s.add(mapKey.at(pos, subject, "a struct without a name", "give the struct a type of its own"))
	}
}

// defined judges a type that has a name.
func (s sender) defined(t *model.Type, pos model.Pos, subject string) {
	n := t.Named
	switch {
	case isC(n):
		name := n.Name
		if t.Alias != nil {
			name = t.Alias.Name
		}
		s.add(notSendable.at(pos, subject, "C."+strings.TrimPrefix(name, cgoPrefix)+", a type of C", "send a type of Go and convert it"))
	case t.IsError():
		s.add(errorInMessage.at(pos, subject))
	case t.PortOf() != nil:
		s.port(t.PortOf(), pos, "what "+subject+" takes")
	case n.Role == model.HandleRole, n.Role == model.ArgsRole:
		s.add(handleInMessage.at(pos, subject, n.Name, "send "+refOf(n)+": a handle's Ref method returns it"))
	case n.Is(model.RuntimePath, "Handle"):
		s.add(handleInMessage.at(pos, subject, s.short(t), "send the ref of the actor, or its ID"))
	case n.Is(model.RuntimePath, "Proc"):
		s.add(handleInMessage.at(pos, subject, s.short(t), "send its Address"))
	case n.Is(model.RuntimePath, "SessionServer"):
		s.add(handleInMessage.at(pos, subject, s.short(t), "make it the last parameter of a handler: its session ends with it"))
	case n.Is(model.RuntimePath, "SessionClient"):
		s.add(handleInMessage.at(pos, subject, s.short(t), "send the ref of its actor, which opens sessions from anywhere"))
	case n.Is(model.RuntimePath, "Context"), n.Is("context", "Context"):
		s.add(notSendable.at(pos, subject, s.short(t), s.way("remove it")+": every handler gets a context with its caller's deadline and headers"))
	case n.Pkg == "sync":
		s.add(notSendable.at(pos, subject, s.short(t), s.way("remove it")+": a message has one owner at a time"))
	case n.Pkg == "sync/atomic":
		s.add(notSendable.at(pos, subject, s.short(t), s.way("send the plain value")))
	case n.Role == model.RefRole, n.IsTime():
	case s.contracts[n.ID()] != nil:
		s.add(actorInMessage.at(pos, subject, n.Name, s.contracts[n.ID()].KindName()))
	case n.Codec:
	case s.guest != nil && !s.canName(n):
		s.add(hiddenType.at(pos, subject, s.short(t), s.guest.outside()))
	default:
		s.underlying(t, pos, subject)
	}
}

// port judges what a port takes.
func (s sender) port(taken *model.Type, pos model.Pos, subject string) {
	if !taken.IsPortArgs() {
		s.send(taken, pos, subject)
	}
}

// isC tells whether cgo made the type.
func isC(n *model.Named) bool { return strings.HasPrefix(n.Name, cgoPrefix) }

// underlying judges a defined type by what underlies it.
func (s sender) underlying(t *model.Type, pos model.Pos, subject string) {
	n := t.Named
	switch n.Underlying.Kind {
	case model.Basic:
		if name := n.Underlying.Name; name == "uintptr" || name == "Pointer" {
			s.add(notSendable.at(pos, subject, s.short(t)+", "+article(n.Underlying.Short), "send what it stands for"))
		}
	case model.Chan:
		s.add(notSendable.at(pos, subject, s.short(t)+", a channel", s.way(insteadOfChan)))
	case model.Func:
		s.add(notSendable.at(pos, subject, s.short(t)+", a function", s.way(insteadOfFunc)))
	case model.Interface:
		if n.IsUnion() {
			s.variants(n, pos, subject)
			return
		}
		todo := s.typed()
		if n.Owner != nil && s.guest == nil {
			todo = "annotate it as a union of the types that it may hold: //actor:union A B"
		}
		s.add(notSendable.at(pos, subject, s.short(t)+", an interface", todo))
	case model.Pointer:
		s.add(notSendable.at(pos, subject, s.short(t)+", a pointer with a name", "write the pointer as it is"))
	default:
		switch {
		case n.Endless:
			s.add(genericType.at(pos, subject, "an instance of "+n.Name+", which leads to ever new instances", "declare a type of its own for what is sent"))
		case n.Encoding == model.ByParts && !s.wire[n]:
			s.visit(t, pos, subject)
		}
	}
}

// variants judges whether the package can encode a union of another one.
func (s sender) variants(n *model.Named, pos model.Pos, subject string) {
	for _, v := range n.Variants {
		if e := v.Named(); e != nil && !s.canName(e) {
			s.add(hiddenType.at(pos, subject+" is "+n.PkgName+"."+n.Name+", one of whose types", s.short(v.Type), "export the type"))
		}
	}
}

// canName tells whether the package can write the type's name.
func (s sender) canName(n *model.Named) bool {
	if n.Pkg == "" || n.Pkg == s.pkg.Path {
		return true
	}
	if at := strings.LastIndex("/"+n.Pkg+"/", "/internal/"); at >= 0 { // only what lies beside it may import it
		beside := strings.TrimSuffix(n.Pkg[:at], "/")
		if s.pkg.Path != beside && !strings.HasPrefix(s.pkg.Path, beside+"/") {
			return false
		}
	}
	return n.Exported
}

// fields judges the fields of a struct, and their tags.
func (s sender) fields(t *model.Type, owner string) {
	s.handler = false
	names := map[string]string{}
	for _, f := range t.Fields {
		pos, subject := f.Pos, "field "+f.Name+" of "+owner
		if s.guest != nil {
			if len(s.problems) > 0 {
				return // the first is told
			}
			pos, subject = s.guest.pos, owner+", whose field "+f.Name
		}
		tag, err := f.ParseTag()
		if err != nil {
			s.add(badTag.at(pos, subject, err))
			continue
		}
		if f.Omitted() {
			continue
		}
		if s.guest != nil && !f.Exported && s.guest.named.Owner != s.pkg {
			s.add(lostField.at(pos, subject, s.guest.outside()))
			continue
		}
		if other, ok := names[tag.Name]; ok {
			s.add(sameWireName.at(pos, subject, tag.Name, "field "+other))
		}
		names[tag.Name] = f.Name
		if tag.Limit > 0 {
			s.limit(f.Type, tag.Limit, pos, subject)
		}
		s.send(f.Type, pos, subject)
	}
}

// limit judges the limit of a field: msgp applies it to all that the field holds without a name.
func (s sender) limit(t *model.Type, limit uint32, pos model.Pos, subject string) {
	counted, fields := inside(t)
	switch {
	case !counted:
		s.add(uselessLimit.at(pos, subject))
	case int(limit) < fields:
		s.add(smallLimit.at(pos, subject, limit, fields))
	}
}

// inside tells whether a type has slices or maps that are spelled out in it, and the most fields of a struct that is.
func inside(t *model.Type) (counted bool, fields int) {
	if t == nil {
		return false, 0
	}
	switch t.Kind {
	case model.Slice, model.Map:
		counted = true
	case model.Struct:
		fields = len(t.Fields)
		return false, fields // its fields have limits of their own
	case model.Pointer, model.Array:
	default:
		return false, 0
	}
	for _, u := range []*model.Type{t.Key, t.Elem} {
		c, f := inside(u)
		counted, fields = counted || c, max(fields, f)
	}
	return counted, fields
}
