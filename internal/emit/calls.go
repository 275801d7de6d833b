package emit

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/internal/model"
)

// argsHaveRefs tells whether decoded arguments have to be bound.
func (h *handler) argsHaveRefs() bool {
	for _, p := range h.params {
		if p.Type.HasRefs() {
			return true
		}
	}
	return false
}

// resultHasRefs tells whether a decoded result has to be bound.
func (h *handler) resultHasRefs() bool { return h.Value() != nil && h.Value().HasRefs() }

// writeCalls writes the pooled frames of calls, and of casts that do not fit into the cell.
func (a *actorWriter) writeCalls(f *jen.File) {
	for _, h := range a.handlers {
		switch {
		case h.Session != nil:
			h.writeSession(f)
		case h.framed:
			h.writeCall(f)
		}
		if h.framed && !h.Local() {
			h.writeCallCodec(f)
		}
	}
}

func (h *handler) writeCall(f *jen.File) {
	n, where := h.names, h.String()
	f.Line()
	what := fmt.Sprintf("%s is one pooled call of %s: its arguments and its result.", n.Call, where)
	switch {
	case h.Oneway():
		what = fmt.Sprintf("%s is one pooled cast of %s: its arguments do not fit into a work cell.", n.Call, where)
	case h.Value() == nil:
		what = fmt.Sprintf("%s is one pooled call of %s: its arguments.", n.Call, where)
	}
	comment(f, what)
	f.Type().Id(n.Call).StructFunc(func(g *jen.Group) {
		g.Add(actor("GenCall"))
		g.Id("args").Id(n.Params)
		if h.Value() != nil {
			g.Id("result").Id(n.Result)
		}
	})
	f.Line()
	f.Var().Id(n.Calls).Qual(syncPath, "Pool")
	f.Line()
	f.Func().Id(n.New).Params().Op("*").Id(n.Call).Block(
		jen.If(jen.List(jen.Id("call"), jen.Id("ok")).Op(":=").Id(n.Calls).Dot("Get").Call().Assert(jen.Op("*").Id(n.Call)), jen.Id("ok")).
			Block(jen.Return(jen.Id("call"))),
		jen.Id("call").Op(":=").New(jen.Id(n.Call)),
		jen.Id("call").Dot("GenInit").Call(jen.Id("call")),
		jen.Return(jen.Id("call")),
	)
	f.Line()
	comment(f, "Recycle keeps nothing of the call and gives its frame back.")
	f.Func().Params(jen.Id("c").Op("*").Id(n.Call)).Id("Recycle").Params().BlockFunc(func(g *jen.Group) {
		g.Id("c").Dot("args").Op("=").Id(n.Params).Values()
		if h.Value() != nil {
			g.Id("c").Dot("result").Op("=").Id(n.Result).Values()
		}
		g.Id(n.Calls).Dot("Put").Call(jen.Id("c"))
	})
}

// writeCallCodec writes the methods by which the runtime encodes and decodes a call.
func (h *handler) writeCallCodec(f *jen.File) {
	method := func(name string) *jen.Statement {
		return f.Func().Params(jen.Id("c").Op("*").Id(h.names.Call)).Id(name)
	}
	buffer := func() *jen.Statement { return jen.Id("b").Index().Byte() }
	encode := func(name, part string, has bool) {
		s := method(name).Params(buffer()).Params(jen.Index().Byte(), jen.Error())
		if has {
			s.Add(line(jen.Return(jen.Id("c").Dot(part).Dot("MarshalMsg").Call(jen.Id("b")))))
		} else {
			s.Add(line(jen.Return(jen.Id("b"), jen.Nil())))
		}
	}
	decode := func(name, part string, has, refs bool) {
		s := method(name).Params(buffer(), jen.Id("p").Op("*").Add(actor("Proc"))).Error()
		unmarshal := jen.List(jen.Id("_"), jen.Err()).Op(":=").Id("c").Dot(part).Dot("UnmarshalMsg").Call(jen.Id("b"))
		switch {
		case !has:
			s.Add(line(jen.Return(jen.Nil())))
		case refs:
			s.Block(
				jen.If(unmarshal, jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err())),
				jen.Id("c").Dot(part).Dot("BindRefs").Call(jen.Id("p")),
				jen.Return(jen.Nil()),
			)
		default:
			s.Block(unmarshal, jen.Return(jen.Err()))
		}
	}
	nothing := fmt.Sprintf("nothing: %s has no result.", h.Name)
	f.Line()
	comment(f, "AppendArgs encodes the arguments.")
	encode("AppendArgs", "args", true)
	f.Line()
	comment(f, "DecodeArgs decodes the arguments as they reached p.")
	decode("DecodeArgs", "args", true, h.argsHaveRefs())
	if h.Session != nil {
		h.writeSessionResult(f)
		return
	}
	f.Line()
	if h.Value() != nil {
		comment(f, "AppendResult encodes the result.")
	} else {
		comment(f, "AppendResult encodes "+nothing)
	}
	encode("AppendResult", "result", h.Value() != nil)
	f.Line()
	if h.Value() != nil {
		comment(f, "DecodeResult decodes the result as it reached p.")
	} else {
		comment(f, "DecodeResult decodes "+nothing)
	}
	decode("DecodeResult", "result", h.Value() != nil, h.resultHasRefs())
}

// writeTuples writes the structs that hold arguments and results, in frames and on the wire.
func (a *actorWriter) writeTuples(f *jen.File) {
	for _, h := range a.handlers {
		if h.hasParams() {
			f.Line()
			comment(f, fmt.Sprintf("%s are the arguments of %s.%s.", h.names.Params, a.Name, h.Name))
			f.Type().Id(h.names.Params).StructFunc(func(g *jen.Group) {
				for _, p := range h.params {
					g.Id(p.name).Add(typ(p.Type))
				}
			})
			if !h.Local() && h.argsHaveRefs() {
				a.writer.writeBinder(f, h.names.Params, func(b *binder) {
					for _, p := range h.params {
						b.bind(jen.Id("z").Dot(p.name), p.Type)
					}
				})
			}
		}
		for _, v := range h.values() {
			f.Line()
			comment(f, fmt.Sprintf("%s is %s of %s.%s.", v.Name, valueNames[v.Field], a.Name, h.Name))
			f.Type().Id(v.Name).Id("struct").Add(line(jen.Id("value").Add(typ(v.Type))))
			if !h.Local() && v.Type.HasRefs() {
				a.writer.writeBinder(f, v.Name, func(b *binder) { b.bind(jen.Id("z").Dot("value"), v.Type) })
			}
		}
	}
}

// values are what the handler sends one by one: its result, or what travels in its session. Each has a struct of its own.
func (h *handler) values() []model.SessionPart {
	switch {
	case h.Session == nil && h.Value() == nil, h.Session != nil && h.Local():
		return nil
	case h.Session == nil:
		return []model.SessionPart{{Field: "Result", Name: h.names.Result, Type: h.Value()}}
	}
	return slices.DeleteFunc(h.SessionParts(), func(p model.SessionPart) bool { return p.Type.IsNothing() })
}

// valueNames are what the values are to a reader.
var valueNames = map[string]string{
	"Open": "the opening", "In": "a value that goes in", "Out": "a value that comes out", "Result": "the result",
}

// hasParams tells whether the handler's arguments have a struct of their own.
func (h *handler) hasParams() bool { return h.framed || !h.Local() }
