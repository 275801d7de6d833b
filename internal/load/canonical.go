package load

import (
	"fmt"
	"strings"

	"github.com/actorgen/actorgen/internal/model"
)

// canonical writes a type so that identical types have the same text, whatever they were spelled like.
func canonical(t *model.Type) string {
	switch t.Kind {
	case model.Basic, model.TypeParam:
		return t.Name
	case model.Defined:
		name := t.Named.Name
		if t.Named.Pkg != "" {
			name = t.Named.Pkg + "." + name
		}
		if len(t.Args) > 0 {
			name += "[" + texts(t.Args) + "]"
		}
		return name
	case model.Pointer:
		return "*" + t.Elem.Text
	case model.Slice:
		return "[]" + t.Elem.Text
	case model.Array:
		return fmt.Sprintf("[%d]%s", t.Len, t.Elem.Text)
	case model.Map:
		return "map[" + t.Key.Text + "]" + t.Elem.Text
	case model.Chan:
		return [...]string{"chan ", "chan<- ", "<-chan "}[t.Chan] + "(" + t.Elem.Text + ")"
	case model.Func:
		text := "func(" + texts(t.Params)
		if t.Variadic {
			text += "..."
		}
		return text + ")(" + texts(t.Results) + ")"
	case model.Struct:
		var b strings.Builder
		for _, f := range t.Fields {
			fmt.Fprintf(&b, "%s %s %t %q;", f.Name, f.Type.Text, f.Embedded, f.Tag)
		}
		return "struct{" + b.String() + "}"
	case model.Interface:
		var b strings.Builder
		for _, m := range t.Methods {
			b.WriteString(m.Name + m.Func.Text + ";")
		}
		for _, e := range t.Embeds {
			b.WriteString(e.Text + ";")
		}
		return "interface{" + b.String() + "}"
	}
	return "invalid"
}

func texts(list []*model.Type) string {
	parts := make([]string, len(list))
	for i, t := range list {
		parts[i] = t.Text
	}
	return strings.Join(parts, ", ")
}
