package emit

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"
)

// writeHandle writes the type of handles.
func (a *actorWriter) writeHandle(f *jen.File) {
	f.Line()
	comment(f, fmt.Sprintf("%s is the local, typed handle of %s. It is comparable; the zero value answers with an error.", a.names.Handle, article(a.Name)))
	f.Type().Id(a.names.Handle).Struct(jen.Id("a").Op("*").Add(a.genActor()))
}

func (a *actorWriter) genActor() *jen.Statement {
	return actor("GenActor").Types(jen.Id(a.names.Behavior), jen.Id(a.names.Cell))
}

// writeHandleMethods writes the methods of handles: the actor's control, then its handlers.
func (a *actorWriter) writeHandleMethods(f *jen.File) {
	method := func() *jen.Statement { return f.Func().Params(jen.Id("h").Id(a.names.Handle)) }

	f.Line()
	comment(f, "Actor returns the actor's control: its ID, Status, Stop, Restart, Wait and Done.")
	method().Id("Actor").Params().Add(actor("Handle")).Add(line(jen.Return(jen.Id("h").Dot("a").Dot("Handle").Call())))

	f.Line()
	comment(f, fmt.Sprintf("Ref returns a value that names this %s from anywhere and can be sent in messages.", a.Name))
	method().Id("Ref").Params().Id(a.names.Ref).Block(
		jen.Return(jen.Id(a.names.Ref).Values(jen.Id("h").Dot("a").Dot("Ref").Call())))

	f.Line()
	comment(f, "Ports returns a port for each cast.")
	ports := method().Id("Ports").Params().Id(a.names.Ports)
	if a.Interface {
		ports.Add(line(jen.Return(jen.Id("h").Dot("Ref").Call().Dot("Ports").Call())))
	} else {
		ports.Add(line(jen.Return(a.ports(jen.Id("h")))))
	}

	for _, h := range a.handlers {
		f.Line()
		comment(f, append(h.doc(), h.handleNote())...)
		s := method().Id(h.Name).Params(h.declare(jen.Qual(contextPath, "Context"))...)
		switch {
		case h.Session != nil:
			via := jen.Id("h").Dot("a").Dot("Open").Call(jen.Id("ctx"), jen.Id(h.names.Op), genCall())
			s.Add(h.clientResults()).Block(h.open(via)...)
		case h.Oneway() && h.framed:
			s.Add(h.clientResults()).Block(h.castFrame()...)
		case h.Oneway():
			s.Add(h.clientResults()).Block(h.castCell()...)
		case h.Inline():
			s.Add(h.namedResults()).Block(append([]jen.Code{h.enter()}, h.call(h.viaHandle, true)...)...)
		default:
			s.Add(h.clientResults()).Block(h.call(h.viaHandle, false)...)
		}
	}
}

// handleNote is what the handle's method adds to the handler's documentation.
func (h *handler) handleNote() string {
	switch {
	case h.Local():
		return fmt.Sprintf("It is local: it is not in %s, and works in this proc only.", h.Contract.Names().Client)
	case h.Inline():
		return "It may run on the caller's goroutine."
	}
	return ""
}

// namedResults names the results, for a deferred function to set the error.
func (h *handler) namedResults() *jen.Statement {
	if v := h.Value(); v != nil {
		return jen.Params(jen.Id("value").Add(typ(v)), jen.Err().Error())
	}
	return jen.Params(jen.Err().Error())
}

// castCell writes the body of a cast whose arguments travel in the cell.
func (h *handler) castCell() []jen.Code {
	list := []jen.Code{
		jen.List(jen.Id("cast"), jen.Err()).Op(":=").Id("h").Dot("a").Dot("Cast").Call(jen.Id("ctx"), jen.Id(h.names.Op)),
		jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err())),
	}
	for i, p := range h.params {
		list = append(list, jen.Id("cast").Dot("Args").Dot(h.cell.Slot(h.Handler, i).Name).Op("=").Id(p.name))
	}
	return append(list, jen.Return(jen.Id("cast").Dot("Send").Call()))
}

// newCall writes the statements that get a frame and fill it.
func (h *handler) newCall() []jen.Code {
	list := []jen.Code{jen.Id("call").Op(":=").Id(h.names.New).Call()}
	for i, p := range h.params {
		list = append(list, h.arg(i).Op("=").Id(p.name))
	}
	return list
}

// genCall is what the runtime knows of a frame.
func genCall() *jen.Statement { return jen.Op("&").Id("call").Dot("GenCall") }

// castFrame writes the body of a cast whose arguments travel in a frame.
func (h *handler) castFrame() []jen.Code {
	return append(h.newCall(),
		jen.Return(jen.Id("h").Dot("a").Dot("CastFrame").Call(jen.Id("ctx"), jen.Id(h.names.Op), genCall())))
}

func (h *handler) viaHandle() *jen.Statement {
	return jen.Id("h").Dot("a").Dot("Call").Call(jen.Id("ctx"), jen.Id(h.names.Op), genCall())
}

// call writes the body of a call. The results have names if declared is set.
func (h *handler) call(via func() *jen.Statement, declared bool) []jen.Code {
	list := h.newCall()
	failed := jen.Return(jen.Err()).Comment("// the runtime has taken the frame back")
	if h.Value() != nil {
		failed = jen.Return(h.noValue(), jen.Err()).Comment("// the runtime has taken the frame back")
	}
	list = append(list, jen.If(jen.Err().Op(":=").Add(via()), jen.Err().Op("!=").Nil()).Block(failed))
	if h.Value() == nil {
		return append(list, jen.Id("call").Dot("Recycle").Call(), jen.Return(jen.Nil()))
	}
	assign := ":="
	if declared {
		assign = "="
	}
	return append(list,
		jen.Id("value").Op(assign).Id("call").Dot("result").Dot("value"),
		jen.Id("call").Dot("Recycle").Call(),
		jen.Return(jen.Id("value"), jen.Nil()),
	)
}

// noValue is what a method of the handle returns beside an error. It does not spell out a type that has the name of a variable there.
func (h *handler) noValue() *jen.Statement {
	hidden := false
	eachName(h.Value(), func(name string) { hidden = hidden || slices.Contains(localNames, name) })
	if hidden {
		return jen.Id(h.names.Result).Values().Dot("value")
	}
	return zero(h.Value())
}

// enter writes the shorter way of an inline call: into the turn of an idle actor, on the caller's goroutine.
func (h *handler) enter() *jen.Statement {
	invoke := jen.Id("turn").Dot("State").Dot(h.Name).Call(h.pass(jen.Id("turn").Dot("Context"), h.named)...)
	body := []jen.Code{jen.Defer().Id("turn").Dot("Leave").Call(jen.Op("&").Err())}
	returned := jen.Id("turn").Dot("Returned").Call()
	switch v := h.Value(); {
	case v != nil:
		body = append(body,
			jen.List(jen.Id("value"), jen.Err()).Op("=").Add(invoke), returned,
			jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(h.noValue(), jen.Err())),
			jen.Return(jen.Id("value"), jen.Nil()))
	case h.ReturnsError():
		body = append(body, jen.Err().Op("=").Add(invoke), returned, jen.Return(jen.Err()))
	default:
		body = append(body, invoke, returned, jen.Return(jen.Nil()))
	}
	return jen.If(
		jen.List(jen.Id("turn"), jen.Id("ok")).Op(":=").Id("h").Dot("a").Dot("Enter").Call(jen.Id("ctx"), jen.Id(h.names.Op)),
		jen.Id("ok"),
	).Block(body...)
}
