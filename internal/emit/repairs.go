package emit

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/actorgen/actorgen/internal/model"
)

// repairs adjusts the text that msgp/gen v1.6.5 prints, where its trees cannot say what is needed. The text is regular; each
// adjustment is one pattern, and the tests compile and run what comes out.
type repairs struct {
	codec string   // the name of package codec
	keys  []string // types with methods that are keys of maps, or what those are converted by
}

var (
	unmarshalStart = regexp.MustCompile(`func \(z \*\S+\) UnmarshalMsg\(bts \[\]byte\) \(o \[\]byte, err error\) \{`)
	overLimit      = regexp.MustCompile(`if (z\w+) > \d+ \{\nerr = msgp\.ErrLimitExceeded\nreturn\n\}`)
	fixedReceiver  = regexp.MustCompile(`func \(z \*(\S+)\) (MarshalMsg|Msgsize)\(`)
)

func (r *repairs) apply(text string, root tree) string {
	// Declare the variable for a field's name once and for all: msgp/gen does it where it first needs it, inside a loop maybe.
	declaration := ""
	if strings.Contains(text, fieldVariable) {
		text = strings.ReplaceAll(text, fieldVariable, "")
		declaration = fieldVariable
	}
	text = unmarshalStart.ReplaceAllStringFunc(text, func(start string) string { return start + "\n" + clearing(root) + declaration })

	if root.limit > 0 {
		limit := strconv.FormatUint(uint64(root.limit), 10)
		text = strings.NewReplacer(rootLimit+"limitArrays", limit, rootLimit+"limitMaps", limit).Replace(text)
	}

	// Make no room for more elements than the message has bytes left: a header of five bytes must not buy megabytes.
	text = overLimit.ReplaceAllString(text, "$0\nif uint64(len(bts)) < uint64($1) {\nerr = msgp.ErrShortBytes\nreturn\n}")

	// Sizes of keys: msgp takes one that has methods for a string, and misnames those of package time.
	for _, key := range r.keys {
		asString := regexp.MustCompile(`msgp\.StringPrefixSize \+ len\(` + regexp.QuoteMeta(key) + `\((z\w+)\)\)`)
		size := "$1.Msgsize()"
		if strings.HasPrefix(key, "(") { // a guest
			size = key + "(&$1).Msgsize()"
		}
		text = asString.ReplaceAllString(text, size)
	}
	text = strings.ReplaceAll(text, "msgp.time.", "msgp.")

	// msgp.ReadExactBytes takes less than the array if there is no more.
	text = strings.ReplaceAll(text, "msgp.ReadExactBytes(", r.codec+".ReadExactBytes(")

	// msgp.Skip recurses as deep as a hostile sender likes.
	text = strings.ReplaceAll(text, "msgp.Skip(", r.codec+".Skip(")

	// An error that is one by value is marshaled by value too.
	if root.byValue {
		text = fixedReceiver.ReplaceAllString(text, "func (z $1) $2(")
	}
	return text
}

// fieldVariable is how msgp/gen declares the variable for the names of fields.
const fieldVariable = "\nvar field []byte; _ = field"

// clearing is the statement that empties the target before it is filled: decoding would keep what the message lacks.
func clearing(root tree) string {
	switch root.kind {
	case model.Struct, model.Array:
		return "*z = " + root.name + "{}"
	case model.Slice, model.Map:
		return "*z = nil"
	}
	return "" // a basic type is written as a whole
}

// assemble puts the serializers into a file, with the imports that they use.
func (w *writer) assemble(body []byte) ([]byte, error) {
	fset := token.NewFileSet()
	src := append([]byte("package p\n"), body...)
	file, err := parser.ParseFile(fset, "", src, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("reading what msgp/gen wrote failed; this is a defect of actorgen, please report it with the source: %w", err)
	}
	used := usedPackages(file)
	body = w.renamePackages(body)
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n\npackage %s\n\nimport (\n", Header, w.pkg.Name)
	var paths []string
	for path, imp := range w.imports {
		if slices.Contains(used, imp.name) || imp.renamed && slices.Contains(used, own[path]) {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	for _, path := range paths {
		b.WriteString(w.imports.spec(path) + "\n")
	}
	b.WriteString(")\n")
	b.Write(body)
	return finish(model.MsgpFile, b.Bytes())
}

// usedPackages returns the names that the file's selectors begin with.
func usedPackages(file *ast.File) []string {
	var used []string
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && !slices.Contains(used, x.Name) {
				used = append(used, x.Name)
			}
		}
		return true
	})
	return used
}

// renamePackages puts the names under which the file imports msgp and time in the place of their own, which msgp/gen
// takes for granted.
func (w *writer) renamePackages(src []byte) []byte {
	names := map[string]string{}
	for _, path := range []string{msgpPath, timePath} {
		if imp := w.imports[path]; imp.renamed {
			names[own[path]] = imp.name
		}
	}
	if len(names) == 0 {
		return src
	}
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(src))
	var scan scanner.Scanner
	scan.Init(file, src, nil, 0)
	var out bytes.Buffer
	done, before := 0, token.ILLEGAL
	for {
		pos, tok, text := scan.Scan()
		if tok == token.EOF {
			break
		}
		if name := names[text]; tok == token.IDENT && name != "" && before != token.PERIOD {
			at := file.Offset(pos)
			if bytes.HasPrefix(src[at+len(text):], []byte(".")) {
				out.Write(src[done:at])
				out.WriteString(name)
				done = at + len(text)
			}
		}
		before = tok
	}
	out.Write(src[done:])
	return out.Bytes()
}
