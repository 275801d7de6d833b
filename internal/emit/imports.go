package emit

import (
	"fmt"
	"go/token"
	"maps"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/internal/model"
)

// The packages that generated code uses on its own account.
const (
	actorPath   = "github.com/actorgen/actorgen/runtime/actor"
	contextPath = "context"
	msgpPath    = "github.com/tinylib/msgp/msgp"
	syncPath    = "sync"
	timePath    = "time"
)

// imports are the names under which the files of a package import others, by path. A package keeps its own name unless
// something else in scope has it.
type imports map[string]string

// serializerNames are the local names of the functions that msgp/gen writes.
var serializerNames = []string{"b", "bts", "err", "field", "o", "s", "z"}

// newImports names what the files of pkg import. The names that the package declares, or will, go first.
func newImports(pkg *model.Package, wanted map[string]string) imports {
	taken := map[string]bool{}
	for name := range pkg.Declared {
		taken[name] = true
	}
	for _, n := range pkg.GeneratedNames() {
		taken[n.Name] = true
	}
	for _, name := range serializerNames {
		taken[name] = true
	}
	im := imports{}
	add := func(path, name string) {
		base := name
		for i := 1; taken[name] || isPredeclared(name) || token.IsKeyword(name); i++ {
			name = base + "pkg"
			if i > 1 {
				name = fmt.Sprintf("%spkg%d", base, i)
			}
		}
		taken[name] = true
		im[path] = name
	}
	own := map[string]string{actorPath: "actor", contextPath: "context", msgpPath: "msgp", syncPath: "sync", timePath: "time"}
	for _, list := range []map[string]string{own, wanted} {
		for _, path := range slices.Sorted(maps.Keys(list)) {
			if im[path] == "" && path != pkg.Path {
				add(path, list[path])
			}
		}
	}
	return im
}

// hint tells jennifer the names.
func (im imports) hint(f *jen.File, names map[string]string) {
	for path, name := range im {
		if name == names[path] {
			f.ImportName(path, name)
		} else {
			f.ImportAlias(path, name)
		}
	}
}

// packagesOf collects the packages whose names the types use, by path.
func packagesOf(types []*model.Type) map[string]string {
	found := map[string]string{}
	var walk func(t *model.Type)
	list := func(types []*model.Type) {
		for _, t := range types {
			walk(t)
		}
	}
	walk = func(t *model.Type) {
		if t == nil {
			return
		}
		if t.Alias != nil {
			found[t.Alias.Pkg] = t.Alias.PkgName
			list(t.Alias.Args)
		}
		if t.Kind == model.Defined && t.Named.Pkg != "" {
			found[t.Named.Pkg] = t.Named.PkgName
		}
		if t.Kind == model.Basic && t.Name == "Pointer" {
			found["unsafe"] = "unsafe"
		}
		walk(t.Key)
		walk(t.Elem)
		list(t.Args)
		list(t.Params)
		list(t.Results)
		list(t.Embeds)
		for _, f := range t.Fields {
			walk(f.Type)
		}
		for _, m := range t.Methods {
			walk(m.Func)
		}
	}
	list(types)
	return found
}
