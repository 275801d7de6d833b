package emit

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/tinylib/msgp/gen"
)

// A pointer is one in a tree, with the pattern of its name and of what it leads to.
type pointer struct{ name, value, shim string }

// methodCalled is the beginning of a call of one of a serializer's methods.
const methodCalled = `\.(?:MarshalMsg|UnmarshalMsg|Msgsize|appendMsg|readMsg|nesting)\(`

// dereference repairs what msgp/gen prints of a tree where pointers lead to anything but a struct or a basic type. It puts
// parentheses round what they lead to before an index of a slice only, not of an array or map, nor before a method behind two
// pointers; and it forgets to take the address of an array's element behind a pointer.
func dereference(text string, pointers []pointer) string {
	for _, p := range pointers {
		if p.value != "" {
			text = regexp.MustCompile(`(`+p.value+`)(\[|`+methodCalled+`)`).ReplaceAllString(text, "($1)$2")
		}
		if p.shim != "" {
			element := p.name + `(?:\[z[ab]\d{4}\])+`
			text = regexp.MustCompile(regexp.QuoteMeta(p.shim)+`\((`+element+`)\)`).ReplaceAllString(text, p.shim+"(&$1)")
		}
	}
	return text
}

// pointersIn finds the pointers in a tree whose variables have their names, those with the longest first.
func pointersIn(root gen.Elem) []pointer {
	_, exact := root.(*gen.Struct)
	var found []pointer
	for _, p := range appendPointers(nil, root) {
		one := pointer{name: pattern(p.Varname(), exact), shim: shimmed(p.Value)}
		if name := p.Value.Varname(); strings.HasPrefix(name, "*") {
			one.value = pattern(name, exact)
		}
		found = append(found, one)
	}
	slices.SortStableFunc(found, func(p, q pointer) int { return cmp.Compare(len(q.value), len(p.value)) })
	return found
}

var index = regexp.MustCompile(`z[ab]\d{4}`)

// pattern is a pattern for the name of a variable. In what is no struct, indices are numbered anew while it is printed, and the
// root becomes another.
func pattern(name string, exact bool) string {
	quoted := regexp.QuoteMeta(name)
	if exact {
		return quoted
	}
	quoted = index.ReplaceAllString(quoted, `z[ab]\d{4}`)
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
