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
	codecPath   = "github.com/actorgen/actorgen/codec"
	contextPath = "context"
	msgpPath    = "github.com/tinylib/msgp/msgp"
	syncPath    = "sync"
	timePath    = "time"

	actortestPath = "github.com/actorgen/actorgen/runtime/actortest"
	cmpPath       = "github.com/google/go-cmp/cmp"
	cmpoptsPath   = "github.com/google/go-cmp/cmp/cmpopts"
	reflectPath   = "reflect"
	slicesPath    = "slices"
	testingPath   = "testing"
)

// imports are the names under which the files of a package import others, by path. A package keeps its own name unless
// something else in scope has it.
type imports map[string]string

// serializerNames are the local names of the functions that msgp/gen writes.
var serializerNames = []string{"b", "bts", "err", "field", "o", "s", "z"}

// own are the names of the packages that generated code uses on its own account.
var own = map[string]string{
	actorPath: "actor", codecPath: "codec", contextPath: "context", msgpPath: "msgp", syncPath: "sync", timePath: "time",
	actortestPath: "actortest", cmpPath: "cmp", cmpoptsPath: "cmpopts", reflectPath: "reflect", slicesPath: "slices", testingPath: "testing",
}

// newImports names what the files of the package at path import: the generator's own needs first, then what is wanted. A
// name that is taken gets a suffix.
func newImports(path string, wanted map[string]string, taken func(name string) bool) imports {
	im, used := imports{}, map[string]bool{}
	for _, list := range []map[string]string{own, wanted} {
		for _, p := range slices.Sorted(maps.Keys(list)) {
			if im[p] != "" || p == path {
				continue
			}
			name := list[p]
			for i := 1; used[name] || taken(name) || isPredeclared(name) || token.IsKeyword(name) || slices.Contains(serializerNames, name); i++ {
				name = list[p] + "pkg"
				if i > 1 {
					name = fmt.Sprintf("%spkg%d", list[p], i)
				}
			}
			used[name] = true
			im[p] = name
		}
	}
	return im
}

// hint tells jennifer the names; wanted are those of the packages that are not the generator's own.
func (im imports) hint(f *jen.File, wanted map[string]string) {
	for path, name := range im {
		if name == own[path] || name == wanted[path] {
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
