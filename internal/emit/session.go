package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/internal/model"
)

// partTypes are the types of what travels in the handler's session, as type arguments.
func (h *handler) partTypes() []jen.Code {
	var list []jen.Code
	for _, part := range h.SessionParts() {
		list = append(list, typ(part.Type))
	}
	return list
}

// client is the type of the caller's side.
func (h *handler) client() *jen.Statement { return actor("SessionClient").Types(h.partTypes()...) }

// writeSession writes the frame of a session, and how to encode what travels in it.
func (h *handler) writeSession(f *jen.File) {
	n, where := h.names, h.String()
	f.Line()
	comment(f, fmt.Sprintf("%s is one %s of %s: its arguments, and both of its ends.", n.Call, h.KindName(), where))
	f.Type().Id(n.Call).Struct(
		actor("GenCall"),
		jen.Id("args").Id(n.Params),
		jen.Id("session").Add(actor("GenSession").Types(h.partTypes()...)),
	)
	f.Line()
	codec := jen.Nil()
	if !h.Local() {
		codec = jen.Op("&").Id(n.Codec)
	}
	f.Func().Id(n.New).Params().Op("*").Id(n.Call).Block(
		jen.Id("call").Op(":=").New(jen.Id(n.Call)),
		jen.Id("call").Dot("GenInit").Call(jen.Id("call")),
		jen.Id("call").Dot("session").Dot("GenInit").Call(genCall(), codec),
		jen.Return(jen.Id("call")),
	)
	f.Line()
	comment(f, "Recycle does nothing: a session is used once.")
	f.Func().Params(jen.Id("c").Op("*").Id(n.Call)).Id("Recycle").Params().Block()
	if h.Session.Stream() {
		f.Line()
		comment(f, fmt.Sprintf("%s is the caller's end of a stream of %s.", n.Client, where))
		f.Type().Id(n.Client).Op("=").Add(h.client())
	}
	if !h.Local() {
		h.writeSessionCodec(f)
	}
}

// writeSessionCodec writes the variable that encodes and decodes what travels in a session.
func (h *handler) writeSessionCodec(f *jen.File) {
	var fields []jen.Code
	for _, part := range h.SessionParts() {
		fields = append(fields, field(part.Field, partCodec(part)))
	}
	f.Line()
	comment(f, fmt.Sprintf("%s encodes and decodes what travels in a %s of %s.", h.names.Codec, h.KindName(), h))
	f.Var().Id(h.names.Codec).Op("=").Add(actor("GenSessionCodec").Types(h.partTypes()...)).Add(multiline(fields...))
}

// writeSessionResult writes the methods by which the runtime encodes and decodes how a session ends.
func (h *handler) writeSessionResult(f *jen.File) {
	method := func(name string, params ...jen.Code) *jen.Statement {
		return f.Func().Params(jen.Id("c").Op("*").Id(h.names.Call)).Id(name).Params(params...)
	}
	b, p := jen.Id("b").Index().Byte(), jen.Id("p").Op("*").Add(actor("Proc"))
	session := func() *jen.Statement { return jen.Id("c").Dot("session") }
	f.Line()
	comment(f, "AppendResult encodes the result.")
	method("AppendResult", b).Params(jen.Index().Byte(), jen.Error()).
		Add(line(jen.Return(session().Dot("AppendResult").Call(jen.Id("b")))))
	f.Line()
	comment(f, "DecodeResult decodes the result as it reached p.")
	method("DecodeResult", b, p).Error().
		Add(line(jen.Return(session().Dot("DecodeResult").Call(jen.Id("b"), jen.Id("p")))))
}

// partCodec writes what encodes and decodes one of the types.
func partCodec(part model.SessionPart) *jen.Statement {
	if part.Type.IsNothing() {
		return actor("GenNothing").Call()
	}
	decode := []jen.Code{
		jen.Var().Id("z").Id(part.Name),
		jen.List(jen.Id("_"), jen.Err()).Op(":=").Id("z").Dot("UnmarshalMsg").Call(jen.Id("b")),
	}
	if part.Type.HasRefs() {
		decode = append(decode, jen.Id("z").Dot("BindRefs").Call(jen.Id("p")))
	}
	decode = append(decode, jen.Return(jen.Id("z").Dot("value"), jen.Err()))
	return actor("GenCodec").Types(typ(part.Type)).Add(multiline(
		field("Append", jen.Func().Params(jen.Id("b").Index().Byte(), jen.Id("v").Add(typ(part.Type))).Params(jen.Index().Byte(), jen.Error()).Block(
			jen.Id("z").Op(":=").Id(part.Name).Values(field("value", jen.Id("v"))),
			jen.Return(jen.Id("z").Dot("MarshalMsg").Call(jen.Id("b"))),
		)),
		field("Decode", jen.Func().Params(jen.Id("b").Index().Byte(), jen.Id("p").Op("*").Add(actor("Proc"))).Params(typ(part.Type), jen.Error()).Block(decode...)),
	))
}

// open writes the body of a client's method: it opens a session by one of the runtime's functions, or returns a stream that
// does so when it is read.
func (h *handler) open(via *jen.Statement) []jen.Code {
	open := append(h.newCall(),
		jen.If(jen.Err().Op(":=").Add(via), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err())),
		jen.Return(jen.Id("call").Dot("session").Dot("Client").Call(), jen.Nil()),
	)
	if !h.Session.Stream() {
		return open
	}
	opener := jen.Func().Params(jen.Id("ctx").Qual(contextPath, "Context")).Params(jen.Op("*").Id(h.names.Client), jen.Error()).Block(open...)
	return []jen.Code{jen.Return(actor("GenStream").Call(jen.Id("ctx"), opener))}
}

// runSession writes the statements that run the actor's end.
func (h *handler) runSession(invoke *jen.Statement) []jen.Code {
	finish := func(results ...jen.Code) jen.Code {
		return jen.Return(jen.Id("call").Dot("session").Dot("Finish").Call(results...))
	}
	nothing := jen.Struct().Values()
	switch {
	case h.Session.Stream():
		return []jen.Code{finish(nothing, actor("GenSendAll").Call(h.serverEnd(), invoke))}
	case h.Value() != nil:
		return []jen.Code{jen.List(jen.Id("value"), jen.Err()).Op(":=").Add(invoke), finish(jen.Id("value"), jen.Err())}
	case h.ReturnsError():
		return []jen.Code{finish(nothing, invoke)}
	}
	return []jen.Code{invoke, finish(nothing, jen.Nil())}
}

// serverEnd is the actor's end of the session whose frame is at hand.
func (h *handler) serverEnd() *jen.Statement {
	return jen.Id("call").Dot("session").Dot("Server").Call()
}
