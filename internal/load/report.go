package load

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/actorgen/actorgen/internal/model"
)

// report passes on what the compiler would say of the package's declarations. What is inside functions and in the values
// of variables is left to the compiler: it may use methods that are still to be generated, and does not matter here.
func (l *loader) report(p *packages.Package, r *reader) {
	if !r.pkg.IsAnnotated() {
		return
	}
	for _, e := range r.typed.errors {
		pos := l.at(e.Pos)
		if !pos.IsValid() || pos.File == stubFile || strings.HasPrefix(e.Msg, "\t") || inValue(r.src.files, e.Pos) {
			continue
		}
		what, todo := r.advise(p, e, strings.TrimSuffix(firstLine(e.Msg), ":"))
		l.problems = append(l.problems, model.Problem{Pos: pos, What: what, Todo: todo})
	}
}

// syntax passes on the first error of each file that does not parse, and tells whether there is any.
func (l *loader) syntax(p *packages.Package) bool {
	told := map[string]bool{}
	for _, e := range p.Errors {
		pos, what := parsePos(e.Pos), firstLine(e.Msg)
		if file, why, found := unread(what); found {
			pos, what = model.Pos{File: file, Line: 1, Col: 1}, why
		} else if e.Kind != packages.ParseError {
			continue
		}
		if !told[pos.File] {
			told[pos.File] = true
			l.problems = append(l.problems, model.Problem{Pos: pos, What: what, Todo: "correct the syntax first"})
		}
	}
	return len(told) > 0
}

// unread takes the go command's word that it could not even read a file's imports, so that the file is not among those of the
// package: "read /src/bank/junk.go: unexpected NUL in input".
func unread(msg string) (file, why string, found bool) {
	if msg, found = strings.CutPrefix(msg, "read "); !found {
		return "", "", false
	}
	file, why, found = strings.Cut(msg, ": ")
	return file, why, found && strings.HasSuffix(file, ".go")
}

// importsAny tells whether the package imports one of those.
func importsAny(p *packages.Package, those map[*packages.Package]bool) bool {
	for _, imp := range p.Imports {
		if those[imp] {
			return true
		}
	}
	return false
}

// inValue tells whether the position is in the value of a package-level variable.
func inValue(files []*ast.File, pos token.Pos) bool {
	for _, file := range files {
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.VAR {
				continue
			}
			for _, spec := range gen.Specs {
				for _, value := range spec.(*ast.ValueSpec).Values {
					if value.Pos() <= pos && pos < value.End() {
						return true
					}
				}
			}
		}
	}
	return false
}

// parsePos reads a position as package packages writes it: file:line:col.
func parsePos(text string) model.Pos {
	pos := model.Pos{File: text}
	for _, n := range []*int{&pos.Col, &pos.Line} {
		i := strings.LastIndexByte(pos.File, ':')
		if i < 0 {
			break
		}
		number, err := strconv.Atoi(pos.File[i+1:])
		if err != nil {
			break
		}
		*n, pos.File = number, pos.File[:i]
	}
	if pos.Line == 0 { // there was no column
		pos.Line, pos.Col = pos.Col, 1
	}
	return pos
}
