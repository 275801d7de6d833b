package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/internal/model"
)

// portType is the type of the values that the cast's port takes.
func (h *handler) portType() *jen.Statement {
	switch len(h.params) {
	case 0:
		return jen.Struct()
	case 1:
		return typ(h.params[0].Type)
	}
	return jen.Id(h.names.Args)
}

// writePorts writes a port for each cast.
func (a *actorWriter) writePorts(f *jen.File) {
	f.Line()
	comment(f, fmt.Sprintf("%s has a port for each cast of %s.", a.names.Ports, article(a.Name)))
	f.Type().Id(a.names.Ports).StructFunc(func(g *jen.Group) {
		for _, h := range a.handlers {
			if h.Oneway() {
				g.Id(h.Name).Add(actor("Port")).Types(h.portType())
			}
		}
	})
	for _, h := range a.handlers {
		if h.Oneway() && len(h.params) > 1 {
			f.Line()
			comment(f, fmt.Sprintf("%s are the arguments of %s.%s, as its port takes them.", h.names.Args, a.Name, h.Name))
			f.Type().Id(h.names.Args).StructFunc(func(g *jen.Group) {
				for _, p := range h.params {
					g.Id(p.field).Add(typ(p.Type))
				}
			})
			if !h.Local() {
				h.writeArgsEncoder(f)
			}
		}
	}
	for _, h := range a.handlers {
		if h.Oneway() {
			h.writePort(f)
		}
	}
}

// ports writes a value of the type that has a port for each cast.
func (a *actorWriter) ports(to *jen.Statement) *jen.Statement {
	var ports []jen.Code
	for _, h := range a.handlers {
		if h.Oneway() {
			port := jen.Id(h.names.Port).Values(to)
			// The type is inferred: written out, one that is called like the receiver would be taken for it.
			ports = append(ports, field(h.Name, actor("GenNewPort").Call(port)))
		}
	}
	if len(ports) == 0 {
		return jen.Id(a.names.Ports).Values()
	}
	return jen.Id(a.names.Ports).Add(multiline(ports...))
}

// writePort writes what is behind a port: the method of the handle, or of the ref where a contract has nothing else.
func (h *handler) writePort(f *jen.File) {
	f.Line()
	to := h.Contract.Names().Handle
	if h.Contract.Interface {
		to = h.Contract.Names().Ref
	}
	f.Type().Id(h.names.Port).Id("struct").Add(line(jen.Id("to").Id(to)))
	var param *jen.Statement
	value := h.named
	switch len(h.params) {
	case 0:
		param = jen.Id("_").Struct()
	case 1:
		param = jen.Id(h.params[0].name).Add(typ(h.params[0].Type))
	default:
		param = jen.Id("args").Id(h.names.Args)
		value = func(i int) *jen.Statement { return jen.Id("args").Dot(h.params[i].field) }
	}
	f.Line()
	f.Func().Params(jen.Id("p").Id(h.names.Port)).Id("Send").Params(jen.Id("ctx").Qual(contextPath, "Context"), param).Error().Block(
		jen.Return(jen.Id("p").Dot("to").Dot(h.Name).Call(h.pass(jen.Id("ctx"), value)...)))

	if h.Local() {
		return // it cannot be sent in messages
	}
	f.Line()
	comment(f, "GenPortRef names the port from anywhere.")
	ref := jen.Id("p").Dot("to").Dot(model.GenRefName)
	if !h.Contract.Interface {
		ref = jen.Id("p").Dot("to").Dot("a").Dot("Ref").Call()
	}
	f.Func().Params(jen.Id("p").Id(h.names.Port)).Id("GenPortRef").Params().Add(actor("GenPortRef")).Block(
		jen.Return(jen.Id(h.Contract.Names().Kind).Dot("PortRef").Call(ref, jen.Id(h.names.Op))))
}

// writeArgsEncoder writes what encodes the arguments of a cast that were given to its port as one value.
func (h *handler) writeArgsEncoder(f *jen.File) {
	f.Line()
	comment(f, "AppendArgs encodes the arguments for a port that came in a message. Generated code calls it.")
	args := func(i int) *jen.Statement { return jen.Id("m").Dot(h.params[i].field) }
	appendArgs(f, h.names.Args, jen.Id(h.names.Args), jen.Id(h.names.Params).Values(h.tuple(args)...))
}

// writePortArgs writes the types that encode the values of ports which came in messages.
func (w *writer) writePortArgs(f *jen.File) {
	for _, a := range w.ports {
		f.Line()
		comment(f, fmt.Sprintf("%s is what is sent to a port of %s that came in a message: a cast's arguments.", a.Name, a.Type.Short))
		value := []jen.Code{}
		f.Type().Id(a.Name).StructFunc(func(g *jen.Group) {
			if !a.Type.IsNothing() {
				g.Id("value").Add(typ(a.Type))
				value = append(value, field("value", jen.Id("m")))
			}
		})
		f.Line()
		comment(f, "AppendArgs encodes a value.")
		appendArgs(f, a.Name, typ(a.Type), jen.Id(a.Name).Values(value...))
	}
}

func appendArgs(f *jen.File, receiver string, value, args *jen.Statement) {
	f.Func().Params(jen.Op("*").Id(receiver)).Id("AppendArgs").Params(jen.Id("b").Index().Byte(), jen.Id("m").Add(value)).
		Params(jen.Index().Byte(), jen.Error()).Block(
		jen.Id("args").Op(":=").Add(args),
		jen.Return(jen.Id("args").Dot("MarshalMsg").Call(jen.Id("b"))),
	)
}

// portEncoder is the value that encodes what is sent to a port.
func (w *writer) portEncoder(taken *model.Type) *jen.Statement {
	encoder := jen.Id(w.portArgs[taken.Text])
	if taken.IsPortArgs() {
		encoder = typ(taken)
	}
	return jen.Parens(jen.Op("*").Add(encoder)).Parens(jen.Nil())
}
