package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/internal/model"
)

// writeRef writes the type of refs, with what makes it a message field.
func (a *actorWriter) writeRef(f *jen.File) {
	f.Line()
	comment(f, fmt.Sprintf("%s names %s from anywhere. It is comparable, can be sent in messages and kept;\n"+
		"the zero value names nobody and answers with an error.", a.names.Ref, article(a.Name)))
	f.Type().Id(a.names.Ref).Struct(jen.Id(model.GenRefName))

	ref := func() *jen.Statement { return jen.Id("r").Dot(model.GenRefName) }
	value := func() *jen.Statement { return f.Func().Params(jen.Id("r").Id(a.names.Ref)) }
	pointer := func() *jen.Statement { return f.Func().Params(jen.Id("r").Op("*").Id(a.names.Ref)) }
	bytes := func() *jen.Statement { return jen.Params(jen.Index().Byte(), jen.Error()) }

	f.Line()
	comment(f, "String returns the actor's address, or its id where its proc has none.")
	value().Id("String").Params().String().Add(line(jen.Return(ref().Dot("String").Call())))
	f.Line()
	comment(f, "IsZero tells whether the ref names nobody.")
	value().Id("IsZero").Params().Bool().Add(line(jen.Return(ref().Dot("IsZero").Call())))
	f.Line()
	comment(f, "MarshalMsg appends the ref as a message field.")
	value().Id("MarshalMsg").Params(jen.Id("b").Index().Byte()).Add(bytes()).Add(line(jen.Return(ref().Dot("MarshalMsg").Call(jen.Id("b")))))
	f.Line()
	comment(f, "UnmarshalMsg reads a ref; the proc that received the message binds it.")
	pointer().Id("UnmarshalMsg").Params(jen.Id("b").Index().Byte()).Add(bytes()).Add(line(jen.Return(ref().Dot("UnmarshalMsg").Call(jen.Id("b")))))
	f.Line()
	comment(f, "Msgsize is an upper bound of the encoded size in bytes.")
	value().Id("Msgsize").Params().Int().Add(line(jen.Return(ref().Dot("Msgsize").Call())))
	f.Line()
	comment(f, "BindRefs makes a decoded ref work from p. Generated code calls it.")
	pointer().Id("BindRefs").Params(jen.Id("p").Op("*").Add(actor("Proc"))).Add(line(ref().Dot("BindRefs").Call(jen.Id("p"))))
}

// writeRefMethods writes the handlers as a ref has them: through the handle if the actor is in this proc, else by message.
func (a *actorWriter) writeRefMethods(f *jen.File) {
	if a.Interface {
		f.Line()
		comment(f, "Ports returns a port for each cast.")
		f.Func().Params(jen.Id("r").Id(a.names.Ref)).Id("Ports").Params().Id(a.names.Ports).
			Add(line(jen.Return(a.ports(jen.Id("r")))))
	}
	for _, h := range a.handlers {
		if h.Local() {
			continue
		}
		f.Line()
		comment(f, h.doc()...)
		ref := jen.Id("r").Dot(model.GenRefName)
		body := []jen.Code{a.local(ref, h)}
		remote := func(method string) *jen.Statement {
			return jen.Id(a.names.Kind).Dot(method).Call(jen.Id("ctx"), ref, jen.Id(h.names.Op), genCall())
		}
		switch {
		case h.Session != nil:
			body = append(body, h.open(remote("Open"))...)
		case h.Oneway():
			body = append(body, h.castRemote(a.names.Kind)...)
		default:
			body = append(body, h.call(func() *jen.Statement { return remote("Call") }, false)...)
		}
		f.Func().Params(jen.Id("r").Id(a.names.Ref)).Id(h.Name).Add(h.clientSignature()).Block(body...)
	}
}

// local writes the shorter way to an actor in the ref's proc.
func (a *actorWriter) local(ref jen.Code, h *handler) jen.Code {
	pass := h.pass(jen.Id("ctx"), h.named)
	if a.Interface { // whatever its kind is
		find := actor("GenClientOf").Types(jen.Id(a.names.Client)).Call(ref)
		return jen.If(jen.List(jen.Id("a"), jen.Id("ok")).Op(":=").Add(find), jen.Id("ok")).Block(
			jen.Return(jen.Id("a").Dot(h.Name).Call(pass...)))
	}
	find := jen.Id(a.names.Kind).Dot("Local").Call(ref)
	return jen.If(jen.Id("a").Op(":=").Add(find), jen.Id("a").Op("!=").Nil()).Block(
		jen.Return(jen.Id(a.names.Handle).Values(jen.Id("a")).Dot(h.Name).Call(pass...)))
}

// castRemote writes the body of a cast that is encoded straight into the link's buffer.
func (h *handler) castRemote(kind string) []jen.Code {
	return []jen.Code{
		jen.List(jen.Id("cast"), jen.Err()).Op(":=").Id(kind).Dot("Cast").Call(jen.Id("ctx"), jen.Id("r").Dot(model.GenRefName), jen.Id(h.names.Op)),
		jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err())),
		jen.Defer().Id("cast").Dot("Close").Call(),
		jen.Id("args").Op(":=").Id(h.names.Params).Values(h.tuple(h.named)...),
		jen.Return(jen.Id("cast").Dot("Send").Call(jen.Id("args").Dot("MarshalMsg").Call(jen.Id("cast").Dot("Buffer").Call()))),
	}
}
