package emit

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/tinylib/msgp/gen"
)

// parenthesize puts what pointers lead to into parentheses, unless it is a struct or a number or string. Msgp/gen does so for slices
// only: it would print *z.A[0] for the element of an array behind a pointer.
func parenthesize(e gen.Elem) {
	switch e := e.(type) {
	case *gen.Struct:
		for _, f := range e.Fields {
			parenthesize(f.FieldElem)
		}
	case *gen.Slice:
		parenthesize(e.Els)
	case *gen.Array:
		parenthesize(e.Els)
	case *gen.Map:
		parenthesize(e.Value)
	case *gen.Ptr:
		switch v := e.Value.(type) {
		case *gen.Slice, *gen.Array, *gen.Map, *gen.Ptr:
			v.SetVarname("(*" + e.Varname() + ")")
		case *gen.BaseElem:
			if v.Value == gen.Bytes {
				v.SetVarname("(*" + e.Varname() + ")")
			}
		}
		parenthesize(e.Value)
	}
}

// methodCalled is the beginning of a call of one of a serializer's methods.
const methodCalled = `\.(?:MarshalMsg|UnmarshalMsg|Msgsize|appendMsg|readMsg|nesting)\(`

// dereference puts the parentheses into what was printed of a type that is neither struct nor array: its variables get their
// names while msgp/gen prints. It also takes the address of what has to be converted, in an array behind a pointer.
func dereference(text string, root gen.Elem) string {
	switch root.(type) {
	case *gen.Struct, *gen.Array:
		return text
	}
	pointers := appendPointers(nil, root)
	slices.SortStableFunc(pointers, func(p, q *gen.Ptr) int { return cmp.Compare(len(q.Value.Varname()), len(p.Value.Varname())) })
	for _, p := range pointers {
		if name := p.Value.Varname(); strings.HasPrefix(name, "*") {
			text = regexp.MustCompile(`(`+pattern(name)+`)(\[|`+methodCalled+`)`).ReplaceAllString(text, "($1)$2")
		}
		if shim := shimmed(p.Value); shim != "" {
			element := pattern(p.Varname()) + `(?:\[z[ab]\d{4}\])+`
			text = regexp.MustCompile(regexp.QuoteMeta(shim)+`\((`+element+`)\)`).ReplaceAllString(text, shim+"(&$1)")
		}
	}
	return text
}

var index = regexp.MustCompile(`z[ab]\d{4}`)

// pattern is a pattern for the name of a variable: indices are numbered anew while it is printed, and the root becomes another.
func pattern(name string) string {
	quoted := index.ReplaceAllString(regexp.QuoteMeta(name), `z[ab]\d{4}`)
	stars := len(quoted) - len(strings.TrimLeft(quoted, `\*`))
	if rest, ok := strings.CutPrefix(quoted[stars:], `z\[`); ok {
		return quoted[:stars] + `(?:z|\(\*z\))\[` + rest
	}
	return quoted
}

// appendPointers appends the pointers in a tree.
func appendPointers(found []*gen.Ptr, e gen.Elem) []*gen.Ptr {
	switch e := e.(type) {
	case *gen.Struct:
		for _, f := range e.Fields {
			found = appendPointers(found, f.FieldElem)
		}
	case *gen.Slice:
		return appendPointers(found, e.Els)
	case *gen.Array:
		return appendPointers(found, e.Els)
	case *gen.Map:
		return appendPointers(found, e.Value)
	case *gen.Ptr:
		return appendPointers(append(found, e), e.Value)
	}
	return found
}

// shimmed is what the elements of an array are converted by.
func shimmed(e gen.Elem) string {
	array, ok := e.(*gen.Array)
	if !ok {
		return ""
	}
	for {
		switch e := array.Els.(type) {
		case *gen.Array:
			array = e
			continue
		case *gen.BaseElem:
			return e.ShimToBase
		}
		return ""
	}
}
