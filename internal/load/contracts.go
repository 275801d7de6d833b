package load

import (
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/actorgen/actorgen/internal/model"
)

// readContracts finds the interfaces annotated as contracts. Every method of one is a handler.
func (r *reader) readContracts() {
	handlers := subjects(r.src.annotations, "handler", model.OnInterfaceMethod)
	for name, annotation := range subjects(r.src.annotations, "contract", model.OnInterface) {
		named, ok := r.typeNamed(name)
		if !ok {
			continue
		}
		c := &model.Contract{
			Pkg: r.pkg, Name: name, Pos: r.at(named.Obj().Pos()), Annotation: annotation, Interface: true,
			Generic: named.TypeParams().Len() > 0,
		}
		if iface, ok := named.Underlying().(*types.Interface); ok {
			for t := range iface.EmbeddedTypes() {
				c.Embeds = append(c.Embeds, r.typ(t))
			}
		}
		r.eachMethodOf(name, func(f *types.Func, m method) {
			annotation := handlers[name+"."+f.Name()]
			if annotation == nil {
				annotation = &model.Annotation{Name: "handler"}
			}
			c.Handlers = append(c.Handlers, r.handler(c, f, m, annotation))
		})
		r.pkg.Interfaces = append(r.pkg.Interfaces, c)
	}
	slices.SortFunc(r.pkg.Interfaces, func(c, d *model.Contract) int { return c.Pos.Compare(d.Pos) })
}

// implementations finds the contracts that an actor says it implements: the argument is a list, apart by commas.
func (l *loader) implementations(r *reader, p *packages.Package, a *model.Actor) {
	arg, ok := a.Annotation.Arg("implements")
	if !ok {
		return
	}
	file := fileOf(r.src.files, a, r.at)
	for name := range strings.SplitSeq(arg.Value, ",") {
		im := &model.Implementation{Pos: arg.Pos, Name: name}
		a.Implements = append(a.Implements, im)
		path, typ, ok := contractPath(p, file, name)
		if !ok {
			qualifier := strings.TrimSuffix(name, "."+typ)
			im.Why = fmt.Sprintf("this file imports no package %s: import it, or write its import path, as in implements=example.com/%s",
				qualifier, name)
			continue
		}
		switch {
		case path != r.pkg.Path && !model.IsExported(typ):
			im.Why = fmt.Sprintf("package %s does not export it: write its name with a capital letter", path)
		case l.imports(path, r.pkg.Path):
			im.Why = fmt.Sprintf("package %s imports this one: move the contract to a package that does not", path)
		default:
			im.Contract, im.Why = find(l.run, path, typ)
		}
	}
}

// imports tells whether a package of the run imports another one, directly or not.
func (l *loader) imports(from, to string) bool {
	for p := range l.checker.typed {
		if p.PkgPath == from {
			return listed(slices.Collect(maps.Values(p.Imports)), to)
		}
	}
	return false
}

// find returns the contract of that name, or says why there is none.
func find(run *model.Run, path, name string) (c *model.Contract, why string) {
	i := slices.IndexFunc(run.Packages, func(pkg *model.Package) bool { return pkg.Path == path })
	if i < 0 {
		return nil, fmt.Sprintf("package %s has no contracts, or is not found: annotate its interface with //actor:contract", path)
	}
	pkg := run.Packages[i]
	if j := slices.IndexFunc(pkg.Interfaces, func(c *model.Contract) bool { return c.Name == name }); j >= 0 {
		return pkg.Interfaces[j], ""
	}
	if _, ok := pkg.Declared[name]; !ok {
		return nil, fmt.Sprintf("package %s declares no %s: correct the name", path, name)
	}
	return nil, fmt.Sprintf("%s is not annotated: put //actor:contract above it, if it is an interface", name)
}

// fileOf returns the file that declares the actor.
func fileOf(files []*ast.File, a *model.Actor, at position) *ast.File {
	i := slices.IndexFunc(files, func(f *ast.File) bool { return at(f.FileStart).File == a.Pos.File })
	if i < 0 {
		return nil
	}
	return files[i]
}

// contractPath tells which type is meant by a name such as Account, bankapi.Account or example.com/bankapi.Account in a file
// of p. It fails if the file does not import the package.
func contractPath(p *packages.Package, file *ast.File, name string) (path, typ string, ok bool) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return p.PkgPath, name, true
	}
	qualifier, typ := name[:i], name[i+1:]
	if strings.Contains(qualifier, "/") {
		return qualifier, typ, true
	}
	if file != nil {
		for _, spec := range file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				continue
			}
			if spec.Name != nil && spec.Name.Name == qualifier {
				return path, typ, true
			}
			imp := p.Imports[path]
			if imp != nil && (spec.Name == nil || spec.Name.Name == "_") && imp.Name == qualifier {
				return path, typ, true
			}
		}
	}
	return "", typ, false
}

// contractImports returns the import paths of the contracts that actors of the packages say they implement.
func contractImports(roots []*packages.Package, at position) []string {
	var found []string
	for _, p := range roots {
		for _, file := range p.Syntax {
			if !mentions(file, "implements=") {
				continue
			}
			for _, annotation := range subjects(annotations(file, at, nil), "actor", model.OnType) {
				arg, _ := annotation.Arg("implements")
				for name := range strings.SplitSeq(arg.Value, ",") {
					if path, _, ok := contractPath(p, file, name); ok && path != p.PkgPath && path != "" {
						found = append(found, path)
					}
				}
			}
		}
	}
	return found
}

// mentions tells whether a comment of the file has the word.
func mentions(file *ast.File, word string) bool {
	for _, group := range file.Comments {
		for _, c := range group.List {
			if strings.Contains(c.Text, word) {
				return true
			}
		}
	}
	return false
}
