package load

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/actorgen/actorgen/internal/model"
)

var (
	notImported = regexp.MustCompile(`^could not import (\S+) \((.*)\)$`)
	undefined   = regexp.MustCompile(`^undefined: ([\pL_][\pL\pN_]*)$`)
	declaredAt  = regexp.MustCompile(` already declared at (\S+)$`)
	missing     = regexp.MustCompile(`^no required module provides package \S+; to add it: (go get \S+)$`)
)

// advise says what the compiler says of a declaration, and what to do about it where that can be told.
func (r *reader) advise(p *packages.Package, e types.Error, what string) (string, string) {
	if m := notImported.FindStringSubmatch(what); m != nil {
		return adviseImport(p, m[1], m[2])
	}
	if m := undefined.FindStringSubmatch(what); m != nil {
		return what, r.adviseName(m[1], e.Pos)
	}
	if m := declaredAt.FindStringSubmatchIndex(what); m != nil {
		return what[:m[2]] + filepath.Base(what[m[2]:m[3]]), "rename or remove one of the two"
	}
	switch {
	case strings.HasSuffix(what, " redeclared in this block"), strings.HasPrefix(what, "field and method with the same name"):
		return what, "rename or remove one of the two"
	case strings.Contains(what, " type SessionServer: have "), strings.HasSuffix(what, "SessionServer[Open, In, Out any] without instantiation"):
		return what, "write *actor.SessionServer[Open, In, Out]: what it opens with, takes in and sends out"
	case strings.Contains(what, "; expected package "):
		return what, "a folder holds one package: move the file, or correct its first line"
	}
	return what, ""
}

// adviseImport is for a package that cannot be imported.
func adviseImport(p *packages.Package, path, why string) (what, todo string) {
	for _, e := range p.Errors {
		if p.Imports[path] == nil && strings.Contains(e.Msg, "import cycle not allowed") {
			return fmt.Sprintf("could not import %s: it imports this package in its turn", path), "put the two packages into one, or what both need into a third"
		}
	}
	if inside, ok := strings.CutPrefix(path+"/", modulePrefix); ok && !slices.Contains(public, strings.TrimSuffix(inside, "/")) {
		return fmt.Sprintf("could not import %s: actorgen has no such package", path), fmt.Sprintf("import %q", runtimePath)
	}
	if p.Module != nil && strings.HasPrefix(path, p.Module.Path+"/") {
		return fmt.Sprintf("could not import %s: there is no such package in this module", path), "correct the path, or write the package"
	}
	if m := missing.FindStringSubmatch(why); m != nil {
		return "could not import " + path + ": no module that go.mod requires has it", m[1]
	}
	return "could not import " + path + ": " + why, "correct the path, or run go mod tidy"
}

// modulePrefix is what import paths of actorgen begin with.
const modulePrefix = model.ModulePath + "/"

// public are the packages of actorgen that programs import.
var public = []string{"runtime/actor", "runtime/remote", "runtime/actortest", "codec"}

// adviseName is for a name that is not declared.
func (r *reader) adviseName(name string, pos token.Pos) string {
	switch {
	case name == "actor":
		return fmt.Sprintf("import %q", runtimePath)
	case name == "context":
		return `import "context"`
	case r.isQualifier(pos):
		return "import the package"
	}
	if near := r.nearest(name); near != "" {
		return "write " + near + ", or declare it"
	}
	return "declare it, or correct the name"
}

// isQualifier tells whether the name at pos is the one before the dot, as a package's is.
func (r *reader) isQualifier(pos token.Pos) bool {
	found := false
	for _, file := range r.src.files {
		if pos < file.FileStart || file.FileEnd <= pos {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && s.X.Pos() == pos {
				found = true
			}
			return !found
		})
	}
	return found
}

// nearest is the type of the package, be it generated, whose name is most like a misspelt one, or "".
func (r *reader) nearest(name string) string {
	best, least := "", 1+len(name)/3
	scope := r.typed.pkg.Scope()
	for _, other := range scope.Names() {
		if _, ok := scope.Lookup(other).(*types.TypeName); !ok {
			continue
		}
		if d := distance(strings.ToLower(name), strings.ToLower(other)); d < least {
			best, least = other, d
		}
	}
	return best
}

// distance is how many letters have to be put in, left out or replaced to make one name of another.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
