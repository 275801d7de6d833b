package emit

import (
	"fmt"
	"go/token"
	"go/types"

	"github.com/actorgen/actorgen/internal/model"
)

// isPredeclared tells whether Go itself declares the name.
func isPredeclared(name string) bool { return types.Universe.Lookup(name) != nil }

// localNames are the names that generated functions use for themselves, and the methods of the structs that hold arguments.
var localNames = []string{
	"a", "args", "b", "build", "c", "call", "cast", "cell", "ctx", "err", "fake", "frame", "h", "i", "k", "ok", "op", "opts", "p", "parent",
	"r", "ref", "state", "turn", "v", "value", "z",
	"BindRefs", "MarshalMsg", "Msgsize", "UnmarshalMsg",
}

// A param is a handler's parameter as generated code names it.
type param struct {
	*model.Param
	name  string // free of collisions with whatever else generated code names
	field string // of the exported struct that a port takes
}

// A scope is the set of names that mean something in a generated file.
type scope map[string]bool

// newScope returns the names that parameters must not have in a package's generated code.
func newScope(im imports, pkg *model.Package) scope {
	s := scope{}
	for _, name := range localNames {
		s[name] = true
	}
	for _, imp := range im {
		s[imp.name] = true
	}
	for _, n := range pkg.GeneratedNames() {
		s[n.Name] = true
	}
	for _, c := range pkg.Contracts() {
		for _, h := range c.Handlers {
			for _, t := range h.Types() {
				eachName(t, func(name string) { s[name] = true })
			}
		}
	}
	return s
}

// has tells whether a parameter of the name would hide something that generated code means.
func (s scope) has(name string) bool {
	return s[name] || isPredeclared(name) || token.IsKeyword(name)
}

// params names the parameters of a handler, its session among them: as the user did, as far as nothing else in generated code
// has the name.
func (s scope) params(h *model.Handler) []param {
	names, fields := map[string]bool{}, map[string]bool{}
	list := make([]param, len(h.Declared()))
	for i, p := range h.Declared() {
		name := h.ParamName(i)
		for n := 1; names[name] || s.has(name); n++ {
			name = h.ParamName(i) + "Arg"
			if n > 1 {
				name = fmt.Sprintf("%sArg%d", h.ParamName(i), n)
			}
		}
		names[name] = true
		field := model.Upper(h.ParamName(i))
		for n := i; fields[field] || !token.IsExported(field); n++ {
			field = fmt.Sprintf("Arg%d", n)
		}
		fields[field] = true
		list[i] = param{p, name, field}
	}
	return list
}

// eachName calls f for the names of the package's own types that a type mentions.
func eachName(t *model.Type, f func(name string)) {
	if t == nil {
		return
	}
	if t.Kind == model.Defined {
		f(t.Named.Name)
	}
	if t.Alias != nil {
		f(t.Alias.Name)
	}
	eachName(t.Key, f)
	eachName(t.Elem, f)
	for _, list := range [][]*model.Type{t.Args, t.Params, t.Results, t.Embeds} {
		for _, u := range list {
			eachName(u, f)
		}
	}
	for _, field := range t.Fields {
		eachName(field.Type, f)
	}
}
