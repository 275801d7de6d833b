package emit

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"unicode/utf8"
)

// The width of generated code, in columns.
const (
	maxWidth = 119
	tabWidth = 4
)

// finish formats a generated file: imports in groups, long lines broken. Comments stay as they are.
func finish(name string, src []byte) ([]byte, error) {
	src, err := format.Source(src)
	for err == nil {
		var broken []byte
		if broken, err = breakLines(src); err == nil {
			if broken == nil {
				return groupImports(src), nil
			}
			src, err = format.Source(broken)
		}
	}
	what, _, _ := strings.Cut(err.Error(), " while formatting source")
	return nil, fmt.Errorf("formatting %s failed; this is a defect of actorgen, please report it with the source: %s", name, what)
}

// width is how many columns a line takes.
func width(line []byte) int {
	line = bytes.TrimRight(line, "\n")
	return utf8.RuneCount(line) + bytes.Count(line, []byte("\t"))*(tabWidth-1)
}

// wideLines returns the numbers of the long lines that are no comments.
func wideLines(src []byte) map[int]bool {
	wide := map[int]bool{}
	number := 0
	for line := range bytes.Lines(src) {
		number++
		if width(line) > maxWidth && !bytes.HasPrefix(bytes.TrimLeft(line, "\t"), []byte("//")) {
			wide[number] = true
		}
	}
	return wide
}

// breakLines breaks every long line once, where it is the outermost. It returns nil if there is no place to break any.
func breakLines(src []byte) ([]byte, error) {
	wide := wideLines(src)
	if len(wide) == 0 {
		return nil, nil
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	b := breaker{src: src, file: fset.File(file.FileStart), wide: wide, done: map[int]bool{}}
	ast.Inspect(file, b.visit)
	if len(b.edits) == 0 {
		return nil, nil
	}
	slices.SortStableFunc(b.edits, func(e, f edit) int { return cmp.Compare(e.offset, f.offset) })
	var out bytes.Buffer
	last := 0
	for _, e := range b.edits {
		out.Write(src[last:e.offset])
		out.WriteString(e.text)
		last = e.offset
	}
	out.Write(src[last:])
	return out.Bytes(), nil
}

// An edit is a text that is put in.
type edit struct {
	offset int
	text   string
}

// A breaker finds places to break lines at.
type breaker struct {
	src        []byte
	file       *token.File
	wide, done map[int]bool // lines, by number
	edits      []edit
}

// visit breaks the lines that the node is on, if that helps.
func (b *breaker) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncDecl:
		if n.Body != nil && len(n.Body.List) > 0 && b.on(n.Pos(), n.Body.Rbrace) { // a function on one line
			b.put(n.Pos(), edit{b.offset(n.Body.Lbrace) + 1, "\n"}, edit{b.offset(n.Body.Rbrace), "\n"})
		}
	case *ast.FuncType:
		if n.Params.NumFields() > 0 {
			b.list(n.Params.Opening, n.Params.Closing, nodes(n.Params.List))
		}
	case *ast.CallExpr:
		if len(n.Args) > 1 || len(n.Args) == 1 && !hasBrackets(n.Args[0]) {
			b.list(n.Lparen, n.Rparen, nodes(n.Args))
		}
	case *ast.CompositeLit:
		b.list(n.Lbrace, n.Rbrace, nodes(n.Elts))
	case *ast.BinaryExpr:
		b.sum(n)
	case *ast.BasicLit:
		b.text(n)
	}
	return true
}

// hasBrackets tells whether there is a better place inside the expression.
func hasBrackets(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.UnaryExpr:
		return hasBrackets(e.X)
	case *ast.CallExpr:
		return len(e.Args) > 0
	case *ast.CompositeLit:
		return len(e.Elts) > 0
	case *ast.FuncLit:
		return true
	}
	return false
}

func nodes[N ast.Node](list []N) []ast.Node {
	out := make([]ast.Node, len(list))
	for i, n := range list {
		out[i] = n
	}
	return out
}

func (b *breaker) offset(p token.Pos) int { return b.file.Offset(p) }

// on tells whether both positions are on one line, which is too long and not broken yet.
func (b *breaker) on(from, to token.Pos) bool {
	line := b.file.Line(from)
	return b.wide[line] && !b.done[line] && b.file.Line(to) == line
}

// put breaks the line that pos is on.
func (b *breaker) put(pos token.Pos, edits ...edit) {
	b.done[b.file.Line(pos)] = true
	b.edits = append(b.edits, edits...)
}

// list breaks a list in brackets: each item has a line of its own.
func (b *breaker) list(open, end token.Pos, items []ast.Node) {
	if len(items) == 0 || !b.on(open, end) {
		return
	}
	edits := []edit{{b.offset(open) + 1, "\n"}}
	for _, item := range items[1:] {
		edits = append(edits, edit{b.offset(item.Pos()), "\n"})
	}
	b.put(open, append(edits, edit{b.offset(end), ",\n"})...)
}

// sum breaks the lines of a chain of operators, each after the last operator that fits.
func (b *breaker) sum(n *ast.BinaryExpr) {
	best := map[int]int{} // where a line fits, by its number
	for e := n; ; {
		end := b.offset(e.OpPos) + len(e.Op.String())
		line := b.file.Line(e.OpPos)
		start := b.offset(b.file.LineStart(line))
		if b.on(e.OpPos, e.OpPos) && width(b.src[start:end]) <= maxWidth {
			best[line] = max(best[line], end)
		}
		inner, ok := e.X.(*ast.BinaryExpr)
		if !ok {
			break
		}
		e = inner
	}
	for line, at := range best {
		b.put(b.file.LineStart(line), edit{at, "\n"})
	}
}

// text breaks a long string at a space.
func (b *breaker) text(n *ast.BasicLit) {
	if n.Kind != token.STRING || !strings.HasPrefix(n.Value, `"`) || !b.on(n.Pos(), n.End()) {
		return
	}
	room := maxWidth - width(b.src[b.offset(b.file.LineStart(b.file.Line(n.Pos()))):b.offset(n.Pos())]) - len(`" +`)
	if room < 20 || len(n.Value) <= room {
		return
	}
	if i := strings.LastIndexByte(n.Value[:room], ' '); i > 0 {
		b.put(n.Pos(), edit{b.offset(n.Pos()) + i + 1, "\" +\n\""})
	}
}
