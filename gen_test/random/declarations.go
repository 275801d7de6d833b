package random

import (
	"fmt"
	"strings"
)

// decls writes the file's types and variables.
func (f *file) decls(index int) {
	for _, d := range f.pkg.Decls {
		if d.File != index {
			continue
		}
		if d.Kind == ErrorVar {
			f.printf("\n//actor:error\nvar %s = %s(%q)\n", d.Name, f.named("errors", "errors", "New"), d.Name)
			continue
		}
		doc := ""
		switch {
		case d.Kind == Union:
			doc = "//actor:union" + variants(d) + "\n"
		case d.Kind == ErrorOf:
			doc = "//actor:error\n"
		case d.Message:
			doc = "// " + d.Name + " is a message.\n//\n//actor:message\n"
		}
		if f.style.Group {
			f.printf("\ntype (\n%s%s\n)\n", doc, f.decl(d))
		} else {
			f.printf("\n%stype %s\n", doc, f.decl(d))
		}
		f.methods(d)
	}
}

func variants(d *Decl) string {
	var b strings.Builder
	for _, v := range d.Variants {
		b.WriteString(" ")
		if v.Pointer {
			b.WriteString("*")
		}
		b.WriteString(v.Decl.Name)
	}
	return b.String()
}

// decl writes a declaration after the word type.
func (f *file) decl(d *Decl) string {
	switch d.Kind {
	case Union:
		return fmt.Sprintf("%s interface{ %s() }", d.Name, d.Marker)
	case Text:
		return d.Name + " struct{ major, minor int }"
	case Binary:
		return d.Name + " struct{ a, b uint16 }"
	case Codec:
		return d.Name + " struct{ n int64 }"
	}
	name := d.Name
	if len(d.Params) > 0 {
		var params []string
		for _, p := range d.Params {
			constraint := "any"
			if p.Comparable {
				constraint = "comparable"
			}
			params = append(params, p.Name+" "+constraint)
		}
		name += "[" + strings.Join(params, ", ") + "]"
	}
	if d.Kind == Alias {
		name += " ="
	}
	return name + " " + f.typ(d.Type)
}

// methods writes the methods of a declared type.
func (f *file) methods(d *Decl) {
	switch d.Kind {
	case Union:
		for _, v := range d.Variants {
			star := ""
			if v.Pointer {
				star = "*"
			}
			f.printf("\nfunc (%s%s) %s() {}\n", star, v.Decl.Name, d.Marker)
		}
	case ErrorOf:
		star := ""
		if d.Pointer {
			star = "*"
		}
		f.printf("\nfunc (xx %s%s) Error() string { return %q }\n", star, d.Name, "it is "+d.Name)
	case Text:
		f.printf("\nfunc (xx %s) MarshalText() ([]byte, error) { return %s(nil, \"%%d.%%d\", xx.major, xx.minor), nil }\n", d.Name, f.std("fmt", "Appendf"))
		f.printf("\nfunc (xx *%s) UnmarshalText(text []byte) error {\n\t_, x1 := %s(string(text), \"%%d.%%d\", &xx.major, &xx.minor)\n\treturn x1\n}\n",
			d.Name, f.std("fmt", "Sscanf"))
	case Binary:
		f.printf("\nfunc (xx %s) MarshalBinary() ([]byte, error) {\n\treturn []byte{byte(xx.a), byte(xx.a >> 8), byte(xx.b), byte(xx.b >> 8)}, nil\n}\n", d.Name)
		f.printf("\nfunc (xx *%s) UnmarshalBinary(data []byte) error {\n\tif len(data) != 4 {\n\t\treturn %s(\"not four bytes\")\n\t}\n"+
			"\txx.a, xx.b = uint16(data[0])|uint16(data[1])<<8, uint16(data[2])|uint16(data[3])<<8\n\treturn nil\n}\n", d.Name, f.std("errors", "New"))
	case Codec:
		f.printf("\nfunc (xx %s) MarshalMsg(data []byte) ([]byte, error) { return %s(data, xx.n), nil }\n", d.Name, f.std(msgpPath, "AppendInt64"))
		f.printf("\nfunc (xx *%s) UnmarshalMsg(data []byte) (x0 []byte, x1 error) {\n\txx.n, x0, x1 = %s(data)\n\treturn\n}\n", d.Name, f.std(msgpPath, "ReadInt64Bytes"))
		f.printf("\nfunc (xx %s) Msgsize() int { return %s }\n", d.Name, f.std(msgpPath, "Int64Size"))
	}
}

// actors writes the file's actors and handlers.
func (f *file) actors(index int) {
	for _, a := range f.pkg.Actors {
		if a.File == index {
			f.actor(a)
		}
		for _, h := range a.Handlers {
			if h.File == index {
				f.handler(a, h)
			}
		}
	}
}

func (f *file) actor(a *Actor) {
	doc := "//actor:actor"
	if a.Wire != "" {
		doc += " name=" + a.Wire
	}
	promised := a.Promised()
	if len(promised) > 0 {
		doc += " implements=" + a.Contract
		f.contract(a, promised)
	}
	under := "[]*" + f.named(drivePath, "drive", "Record")
	if !a.Slice {
		under = "struct{ rec *" + f.named(drivePath, "drive", "Record") + " }"
	}
	f.printf("\n%s\ntype %s %s\n", doc, a.Name, under)
	for _, hook := range a.Hooks {
		ctx := "*" + f.named(runtimePath, "actor", "Context")
		switch hook {
		case "Init":
			ctx = "xc " + ctx
		case "Cleanup":
			ctx += ", error"
		default:
			ctx += ", *" + f.named(runtimePath, "actor", "Undelivered")
		}
		f.printf("\nfunc (xx *%s) %s(%s) error { return nil }\n", a.Name, hook, ctx)
	}
}

// contract writes the interface that the actor implements.
func (f *file) contract(a *Actor, promised []*Handler) {
	f.printf("\n//actor:contract\ntype %s interface {\n", a.Contract)
	for _, h := range promised {
		if h.Oneway {
			f.printf("\t//actor:handler oneway\n")
		}
		f.printf("\t%s(%s) %s\n", h.Name, strings.Join(f.params(h, f.named("context", "context", "Context")), ", "), f.results(h))
	}
	f.printf("}\n")
}

// params writes the parameters of a handler, the context first.
func (f *file) params(h *Handler, context string) []string {
	params := []string{strings.TrimSpace(h.Context + " " + context)}
	for i, p := range h.Params {
		text := f.typ(p.Type)
		if h.Variadic && i == len(h.Params)-1 {
			text = "..." + text
		}
		params = append(params, strings.TrimSpace(p.Name+" "+text))
	}
	if t := h.Talk; t != nil {
		server := f.named(runtimePath, "actor", "SessionServer")
		params = append(params, fmt.Sprintf("%s *%s[%s, %s, %s]", sessionName, server, f.typ(t.Open), f.typ(t.In), f.typ(t.Out)))
	}
	return params
}

// sessionName is what sessions are called: they must have a name, for their handlers to use them.
const sessionName = "xs"

// results writes what a handler returns.
func (f *file) results(h *Handler) string {
	switch {
	case h.Stream != nil:
		return "(x0 " + f.std("iter", "Seq2") + "[" + f.typ(h.Stream) + ", error])"
	case h.Result != nil:
		return "(x0 " + f.typ(h.Result) + ", x1 error)"
	case h.Error:
		return "error"
	}
	return ""
}

// handler writes a handler, which notes its arguments and takes its result from the actor's record.
func (f *file) handler(a *Actor, h *Handler) {
	f.printf("\n")
	if h.Doc != "" {
		f.printf("// %s\n//\n", strings.ReplaceAll(h.Doc, "\n", "\n// "))
	}
	f.printf("//actor:handler%s\n", h.words())
	star := "*"
	if h.ByValue {
		star = ""
	}
	context := ""
	if h.ActorContext {
		context = "*" + f.named(runtimePath, "actor", "Context")
	} else {
		context = f.named("context", "context", "Context")
	}
	params := f.params(h, context)
	args := []string{fmt.Sprintf("%q", h.Name)}
	for _, i := range h.named() {
		args = append(args, h.Params[i].Name)
	}
	record := "xx.rec"
	if a.Slice {
		record = "xx[0]"
		if !h.ByValue {
			record = "(*xx)[0]"
		}
	}
	f.printf("func (xx %s%s) %s(%s) %s ", star, a.Name, h.Name, strings.Join(params, ", "), f.results(h))
	call := fmt.Sprintf("%s.Call(%s)", record, strings.Join(args, ", "))
	if h.Talk != nil {
		call = fmt.Sprintf("%s(%s, %s, %s)", f.named(drivePath, "drive", "Talk"), record, sessionName, call)
	}
	switch {
	case h.Stream != nil:
		f.printf("{\n\t%s(&x0, %s, %s)\n\treturn\n}\n", f.named(drivePath, "drive", "Stream"), record, call)
	case h.Result != nil && h.Talk != nil:
		f.printf("{\n\tx1 = %s\n\t%s.SetResult(&x0)\n\treturn\n}\n", call, record)
	case h.Result != nil:
		args = append(args[:1], append([]string{"&x0"}, args[1:]...)...)
		f.printf("{\n\tx1 = %s.Result(%s)\n\treturn\n}\n", record, strings.Join(args, ", "))
	case h.Error:
		f.printf("{ return %s }\n", call)
	default:
		f.printf("{ %s }\n", call)
	}
}

// named are the parameters that the handler can use.
func (h *Handler) named() []int {
	var found []int
	for i, p := range h.Params {
		if p.Name != "" && p.Name != "_" {
			found = append(found, i)
		}
	}
	return found
}

// words are the directive's arguments.
func (h *Handler) words() string {
	text := ""
	for _, w := range []struct {
		set  bool
		word string
	}{{h.Oneway, " oneway"}, {h.Local, " local"}, {h.Inline, " inline"}, {h.Reentrant, " reentrant"}, {h.ID != "" && !h.Local, " id=" + h.ID}} {
		if w.set {
			text += w.word
		}
	}
	return text
}
