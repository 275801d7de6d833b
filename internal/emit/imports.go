package emit

import (
	"fmt"
	"go/token"
	"maps"
	"slices"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/internal/model"
)

// The packages that generated code uses on its own account.
const (
	actorPath   = model.RuntimePath
	codecPath   = model.ModulePath + "/codec"
	contextPath = "context"
	msgpPath    = "github.com/tinylib/msgp/msgp"
	protoPath   = "google.golang.org/protobuf/proto" // if there are protocol buffers among the messages
	syncPath    = "sync"
	timePath    = "time"

	actortestPath = model.ModulePath + "/runtime/actortest"
	cmpPath       = "github.com/google/go-cmp/cmp"
	cmpoptsPath   = "github.com/google/go-cmp/cmp/cmpopts"
	reflectPath   = "reflect"
	slicesPath    = "slices"
	testingPath   = "testing"
)

// imports are the names under which the files of a package import others, by path. A package keeps its own name unless
// something else in scope has it.
type imports map[string]imported

// imported is the name under which a package is imported.
type imported struct {
	name    string
	renamed bool
}

// serializerNames are the local names of serializers.
var serializerNames = []string{"b", "bts", "depth", "err", "field", "o", "p", "s", "v", "z"}

// What generated code imports on its own account, with the names of the packages: the package's own files, and its fixtures.
var (
	own = map[string]string{
		actorPath: "actor", codecPath: "codec", contextPath: "context", msgpPath: "msgp", syncPath: "sync", timePath: "time",
	}
	ownFixtures = map[string]string{
		actorPath: "actor", actortestPath: "actortest", cmpPath: "cmp", cmpoptsPath: "cmpopts", contextPath: "context",
		reflectPath: "reflect", slicesPath: "slices", syncPath: "sync", testingPath: "testing", timePath: "time",
	}
)

// An importer names what the files of a package import.
type importer struct {
	path   string            // of the package
	own    map[string]string // names of packages that generated code uses on its own account, by path
	wanted map[string]string // names of packages that types belong to, by path
	taken  func(name string) bool
}

// imports gives every package a name: the generator's own needs first. A name that is taken gets a suffix.
func (r importer) imports() imports {
	im, used := imports{}, map[string]bool{}
	for _, list := range []map[string]string{r.own, r.wanted} {
		for _, path := range slices.Sorted(maps.Keys(list)) {
			if im[path].name != "" || path == r.path {
				continue
			}
			name := list[path]
			for i := 1; used[name] || r.taken(name) || isPredeclared(name) || token.IsKeyword(name) || slices.Contains(serializerNames, name) ||
				slices.Contains(localNames, name); i++ {
				name = list[path] + "pkg"
				if i > 1 {
					name = fmt.Sprintf("%spkg%d", list[path], i)
				}
			}
			used[name] = true
			im[path] = imported{name: name, renamed: name != list[path]}
		}
	}
	return im
}

// hint tells jennifer the names.
func (im imports) hint(f *jen.File) {
	for path, imp := range im {
		if imp.renamed {
			f.ImportAlias(path, imp.name)
		} else {
			f.ImportName(path, imp.name)
		}
	}
}

// spec writes an import.
func (im imports) spec(path string) string {
	if imp := im[path]; imp.renamed {
		return imp.name + " " + strconv.Quote(path)
	}
	return strconv.Quote(path)
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
