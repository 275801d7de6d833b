package model

import (
	"fmt"
	"strings"
)

// shortShape is the length up to which a handler's Shape spells out the fields of its messages.
const shortShape = 160

// Shape describes a handler for a reader: names of parameters, and the fields of messages as far as there is room.
func (h *Handler) Shape() string {
	full := h.describe(3)
	for depth := 2; len(full) > shortShape && depth >= 0; depth-- {
		full = h.describe(depth)
	}
	return full
}

// Schema is the canonical text of all that both sides of a call must agree on: its kind, and the types of arguments and
// result down to the last field. Names of parameters are not in it: they do not travel.
func (h *Handler) Schema() string {
	var b strings.Builder
	b.WriteString("(")
	for i, p := range h.Params {
		if i > 0 {
			b.WriteString(", ")
		}
		writeShape(&b, p.Type, -1)
	}
	b.WriteString(")")
	h.writeEnd(&b, -1)
	return b.String()
}

func (h *Handler) describe(depth int) string {
	var b strings.Builder
	b.WriteString(h.Name + "(")
	for i, p := range h.Params {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(h.ParamName(i) + " ")
		writeShape(&b, p.Type, depth)
	}
	b.WriteString(")")
	h.writeEnd(&b, depth)
	return b.String()
}

func (h *Handler) writeEnd(b *strings.Builder, depth int) {
	if v := h.Value(); v != nil {
		b.WriteString(" ")
		writeShape(b, v, depth)
	}
	if h.Oneway() {
		b.WriteString(" oneway")
	}
}

// writeShape writes the type as it is on the wire, its messages to the given depth; -1 is all of it.
func writeShape(b *strings.Builder, t *Type, depth int) {
	switch t.Kind {
	case Defined:
		n := t.Named
		switch {
		case n.Role == RefRole:
			b.WriteString("ref")
		case n.IsTime():
			b.WriteString("time." + n.Name)
		case n.Encoding != ByParts && !n.Codec:
			b.WriteString(n.Name + "=" + n.Encoding.String())
		case n.IsOpaque():
			b.WriteString(n.Name)
		case n.Underlying.Kind == Basic:
			if depth < 0 {
				fmt.Fprintf(b, "%s=", n.Name)
			}
			b.WriteString(n.Underlying.Name)
		default:
			b.WriteString(n.Name)
			if n.Underlying.Kind != Struct {
				b.WriteString("=")
			}
			writeShape(b, n.Underlying, depth)
		}
	case Struct:
		writeFields(b, t, depth)
	case Pointer:
		b.WriteString("*")
		writeShape(b, t.Elem, depth)
	case Slice:
		b.WriteString("[]")
		writeShape(b, t.Elem, depth)
	case Array:
		fmt.Fprintf(b, "[%d]", t.Len)
		writeShape(b, t.Elem, depth)
	case Map:
		b.WriteString("map[")
		writeShape(b, t.Key, depth)
		b.WriteString("]")
		writeShape(b, t.Elem, depth)
	default:
		b.WriteString(t.Name)
	}
}

func writeFields(b *strings.Builder, t *Type, depth int) {
	if depth == 0 {
		b.WriteString("{...}")
		return
	}
	b.WriteString("{")
	first := true
	for _, f := range t.Fields {
		tag, _ := f.ParseTag()
		if f.Omitted() {
			continue
		}
		if !first {
			b.WriteString(", ")
		}
		first = false
		b.WriteString(tag.Name + " ")
		writeShape(b, f.Type, depth-1)
	}
	b.WriteString("}")
}
