package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"
)

// hasPort tells whether the handler is a cast that can be reached through a port.
func (h *handler) hasPort() bool { return h.Oneway() && !h.Local() }

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
			if h.hasPort() {
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
		}
	}
	for _, h := range a.handlers {
		if h.hasPort() {
			h.writePort(f)
		}
	}
}

// ports writes a value of the type that has a port for each cast.
func (a *actorWriter) ports(to *jen.Statement) *jen.Statement {
	var ports []jen.Code
	for _, h := range a.handlers {
		if h.hasPort() {
			port := jen.Id(h.names.Port).Values(to)
			ports = append(ports, field(h.Name, actor("GenNewPort").Types(h.portType()).Call(port)))
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
}
