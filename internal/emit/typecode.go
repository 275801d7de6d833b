package emit

import (
	"fmt"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/codec"
	"github.com/actorgen/actorgen/internal/model"
)

// typ writes a type.
func typ(t *model.Type) *jen.Statement {
	if a := t.Alias; a != nil {
		return jen.Qual(a.Pkg, a.Name)
	}
	switch t.Kind {
	case model.Basic:
		if t.Name == "Pointer" {
			return jen.Qual("unsafe", "Pointer")
		}
		return jen.Id(t.Name)
	case model.TypeParam:
		return jen.Id(t.Name)
	case model.Defined:
		if t.Named.Pkg == "" {
			return jen.Id(t.Named.Name)
		}
		return generic(jen.Qual(t.Named.Pkg, t.Named.Name), t.Args)
	case model.Pointer:
		return jen.Op("*").Add(typ(t.Elem))
	case model.Slice:
		return jen.Index().Add(typ(t.Elem))
	case model.Array:
		return jen.Index(jen.Lit(int(t.Len))).Add(typ(t.Elem))
	case model.Map:
		return jen.Map(typ(t.Key)).Add(typ(t.Elem))
	case model.Chan:
		switch t.Chan {
		case model.SendOnly:
			return jen.Chan().Op("<-").Parens(typ(t.Elem))
		case model.ReceiveOnly:
			return jen.Op("<-").Chan().Parens(typ(t.Elem))
		}
		return jen.Chan().Parens(typ(t.Elem))
	case model.Func:
		return jen.Func().Add(signature(t))
	case model.Struct:
		return jen.StructFunc(func(g *jen.Group) {
			for _, f := range t.Fields {
				field := g.Null()
				if !f.Embedded {
					field.Id(f.Name)
				}
				field.Add(typ(f.Type))
				if f.Tag != "" {
					field.Op(strconv.Quote(f.Tag))
				}
			}
		})
	case model.Interface:
		if len(t.Methods)+len(t.Embeds) == 0 {
			return jen.Id("any")
		}
		return jen.InterfaceFunc(func(g *jen.Group) {
			for _, m := range t.Methods {
				g.Id(m.Name).Add(signature(m.Func))
			}
			for _, e := range t.Embeds {
				g.Add(typ(e))
			}
		})
	}
	panic("a type that cannot be written: " + t.Short)
}

func generic(name *jen.Statement, args []*model.Type) *jen.Statement {
	if len(args) == 0 {
		return name
	}
	var list []jen.Code
	for _, arg := range args {
		list = append(list, typ(arg))
	}
	return name.Types(list...)
}

// signature writes the parameters and results of a function type.
func signature(t *model.Type) *jen.Statement {
	var params, results []jen.Code
	for i, p := range t.Params {
		s := jen.Id(t.Names[i])
		if t.Variadic && i == len(t.Params)-1 {
			s.Op("...").Add(typ(p.Elem))
		} else {
			s.Add(typ(p))
		}
		params = append(params, s)
	}
	for _, r := range t.Results {
		results = append(results, typ(r))
	}
	s := jen.Params(params...)
	switch len(results) {
	case 0:
	case 1:
		s.Add(results[0])
	default:
		s.Params(results...)
	}
	return s
}

// zero writes the zero value of a type.
func zero(t *model.Type) *jen.Statement {
	under := t.Under()
	switch under.Kind {
	case model.Basic:
		switch under.Name {
		case "bool":
			return jen.False()
		case "string":
			return jen.Lit("")
		case "Pointer":
			return jen.Nil()
		}
		return jen.Lit(0)
	case model.Struct, model.Array:
		return typ(t).Values()
	}
	return jen.Nil()
}

// wireID writes the id of a handler.
func wireID(h *model.Handler) *jen.Statement { return number(codec.ID(h.WireName())) }

// number writes a number that says nothing as a decimal one.
func number(n uint64) *jen.Statement { return jen.Op(fmt.Sprintf("0x%016x", n)) }
