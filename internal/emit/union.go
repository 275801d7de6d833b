package emit

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/actorgen/actorgen/internal/model"
)

// union writes the type that encodes a union, and its methods. An interface cannot have any of its own.
func (t *trees) union(out *bytes.Buffer, u *model.Union) {
	n := u.Type.Named
	x := &unionWriter{trees: t, Union: u, name: t.spell(u.Type), inner: t.recursive[n], proc: t.pkg.Unused("p")}
	for _, v := range n.Variants {
		x.may = append(x.may, t.spell(v.Type))
	}
	fmt.Fprintf(out, `
// %[1]s encodes %[4]s: as the name of the type that it holds, and the value.
type %[1]s struct{ value *%[2]s }

func %[3]s(value *%[2]s) %[1]s { return %[1]s{value} }
`, u.Name, x.name, u.Convert(), article(x.name))
	marshal, unmarshal := "MarshalMsg", "UnmarshalMsg"
	if x.inner {
		marshal, unmarshal = "appendMsg", "readMsg"
		x.outer(out)
	} else {
		x.size(out)
	}
	x.marshal(out, marshal)
	x.unmarshal(out, unmarshal)
	if u.Type.HasRefs() {
		x.bind(out)
	}
}

type unionWriter struct {
	*trees
	*model.Union
	name  string   // of the interface
	may   []string // what it may hold
	inner bool     // it may contain itself
	proc  string   // of a parameter
}

// each writes a case for every variant that body has something for.
func (x *unionWriter) each(out *bytes.Buffer, body func(v *model.Variant) string) {
	for i, v := range x.Type.Named.Variants {
		if text := body(v); text != "" {
			fmt.Fprintf(out, "\tcase %s:\n%s", x.may[i], text)
		}
	}
}

// method is the method of a variant: the inner one within what is recursive.
func (x *unionWriter) method(v *model.Variant, plain, inner string) string {
	if x.inner && v.Type.Holds(x.recursive) {
		return inner
	}
	return plain
}

func (x *unionWriter) list() string { return strconv.Quote(strings.Join(x.may, ", ")) }

// outer writes the methods that look first how deep the value or the message goes.
func (x *unionWriter) outer(out *bytes.Buffer) {
	var cases bytes.Buffer
	x.each(&cases, func(v *model.Variant) string {
		switch {
		case !v.Type.Holds(x.recursive):
			return ""
		case v.IsPointer():
			return "if v != nil {\nreturn v.nesting(depth + 1)\n}\n"
		}
		return "return v.nesting(depth + 1)\n"
	})
	x.guarded(out, x.Name, x.Name, "switch v := (*z.value).(type) {\n"+cases.String()+"}\n")
}

func (x *unionWriter) marshal(out *bytes.Buffer, name string) {
	fmt.Fprintf(out, `
// %[3]s appends the name of what z holds, and its value.
func (z %[1]s) %[3]s(b []byte) ([]byte, error) {
	switch v := (*z.value).(type) {
	case nil:
		return %[2]s.AppendNone(b), nil
`, x.Name, x.repairs.codec, name)
	x.each(out, func(v *model.Variant) string {
		text := fmt.Sprintf("return v.%s(%s.AppendVariant(b, %q))\n", x.method(v, "MarshalMsg", "appendMsg"), x.repairs.codec, v.Name())
		if v.IsPointer() {
			text = fmt.Sprintf("if v == nil {\nreturn %s.AppendNone(b), nil\n}\n", x.repairs.codec) + text
		}
		return text
	})
	fmt.Fprintf(out, "}\nreturn b, %s.NotVariant(*z.value, %q, %s)\n}\n", x.repairs.codec, x.name, x.list())
}

func (x *unionWriter) unmarshal(out *bytes.Buffer, name string) {
	fmt.Fprintf(out, `
// %[3]s reads what z holds from the start of b, and returns the rest.
func (z %[1]s) %[3]s(b []byte) ([]byte, error) {
	*z.value = nil
	field, b, err := %[2]s.ReadVariant(b)
	if err != nil {
		return b, err
	}
	switch string(field) {
	case "":
		return b, nil
`, x.Name, x.repairs.codec, name)
	for i, v := range x.Type.Named.Variants {
		made := "var v " + x.may[i]
		if v.IsPointer() {
			made = "v := new(" + strings.TrimPrefix(x.may[i], "*") + ")"
		}
		fmt.Fprintf(out, "case %q:\n%s\nb, err = v.%s(b)\n*z.value = v\nreturn b, err\n", v.Name(), made, x.method(v, "UnmarshalMsg", "readMsg"))
	}
	fmt.Fprintf(out, "}\nreturn b, %s.NoVariant(field, %q, %s)\n}\n", x.repairs.codec, x.name, x.list())
}

func (x *unionWriter) size(out *bytes.Buffer) {
	fmt.Fprintf(out, `
// Msgsize is about how much z takes when encoded.
func (z %s) Msgsize() int {
	switch v := (*z.value).(type) {
`, x.Name)
	x.each(out, func(v *model.Variant) string {
		text := fmt.Sprintf("return %d + v.Msgsize()\n", len(v.Name())+6)
		if v.IsPointer() {
			text = "if v != nil {\n" + text + "}\n"
		}
		return text
	})
	out.WriteString("}\nreturn 1\n}\n")
}

func (x *unionWriter) bind(out *bytes.Buffer) {
	fmt.Fprintf(out, `
// BindRefs makes the refs in a decoded value work from p. Generated code calls it.
func (z %s) BindRefs(%s *%s.Proc) {
	switch v := (*z.value).(type) {
`, x.Name, x.proc, x.imports[actorPath].name)
	x.each(out, func(v *model.Variant) string {
		switch {
		case !v.Type.HasRefs():
			return ""
		case v.IsPointer():
			return "if v != nil {\nv.BindRefs(" + x.proc + ")\n}\n"
		}
		return "v.BindRefs(" + x.proc + ")\n*z.value = v\n"
	})
	out.WriteString("}\n}\n")
}
