package random

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	runtimePath = "github.com/actorgen/actorgen/runtime/actor"
	drivePath   = "github.com/actorgen/actorgen/gen_test/random/drive"
	msgpPath    = "github.com/tinylib/msgp/msgp"
)

// Files writes a case as Go source, by path in the case's folder.
func (c *Case) Files() map[string]string {
	files := map[string]string{}
	for _, p := range c.Packages {
		for i := range p.Files {
			if src := p.file(i); src != "" {
				files[join(p.Dir, fmt.Sprintf("f%d.go", i))] = src
			}
		}
		files[join(p.Dir, "calls.go")] = p.calls()
		if p.IsMain() {
			files[join(p.Dir, "run_test.go")] = c.mainTest()
		}
	}
	return files
}

// A file is one file of a package while it is written.
type file struct {
	pkg     *Package
	style   Style
	body    strings.Builder
	imports map[string]string // names by path
	spec    []string
}

// file writes one of the package's files; "" is one with nothing in it.
func (p *Package) file(index int) string {
	f := &file{pkg: p, style: p.Files[index], imports: map[string]string{}}
	f.decls(index)
	f.actors(index)
	if f.body.Len() == 0 && index > 0 {
		return ""
	}
	src := "package " + p.Name + "\n\n"
	if len(f.spec) > 0 {
		src += "import (\n" + strings.Join(f.spec, "") + ")\n"
	}
	if p.IsMain() && index == 0 {
		f.printf("\nfunc main() {}\n")
	}
	return src + f.body.String()
}

func (f *file) printf(format string, args ...any) { fmt.Fprintf(&f.body, format, args...) }

// named is name of a package as the file writes it, which then imports that.
func (f *file) named(importPath, pkgName, name string) string {
	if importPath == f.pkg.Path {
		return name
	}
	as, ok := f.imports[importPath]
	if !ok {
		as = f.importAs(importPath, pkgName)
		f.imports[importPath] = as
		switch as {
		case pkgName:
			f.spec = append(f.spec, fmt.Sprintf("\t%q\n", importPath))
		case "":
			f.spec = append(f.spec, fmt.Sprintf("\t. %q\n", importPath))
		default:
			f.spec = append(f.spec, fmt.Sprintf("\t%s %q\n", as, importPath))
		}
	}
	if as == "" {
		return name
	}
	return as + "." + name
}

// importAs chooses the name of an import; "" is none.
func (f *file) importAs(importPath, pkgName string) string {
	free := func(name string) bool {
		if slices.ContainsFunc(f.pkg.Decls, func(d *Decl) bool { return d.Name == name }) ||
			slices.ContainsFunc(f.pkg.Actors, func(a *Actor) bool { return a.Name == name }) {
			return false
		}
		for _, other := range f.imports {
			if other == name {
				return false
			}
		}
		return true
	}
	ours := strings.Contains(importPath, "/d0/") || strings.Contains(importPath, "/d1/")
	if f.style.Dot && (ours || importPath == "time" || importPath == "net/netip") {
		return ""
	}
	if !f.style.Rename && free(pkgName) {
		return pkgName
	}
	for i := len(f.imports); ; i++ {
		name := importNames[i%len(importNames)]
		if i >= len(importNames) {
			name += strconv.Itoa(i)
		}
		if free(name) {
			return name
		}
	}
}

// std names something of a package whose name is the end of its path.
func (f *file) std(importPath, name string) string {
	return f.named(importPath, importPath[strings.LastIndexByte(importPath, '/')+1:], name)
}

// typ writes a type.
func (f *file) typ(t *Type) string {
	switch t.Kind {
	case Basic, Of, Raw:
		return t.Name
	case Std:
		return f.std(t.Path, t.Name)
	case Named:
		text := f.named(t.Decl.Pkg.Path, t.Decl.Pkg.Name, t.Decl.Name)
		if len(t.Args) > 0 {
			var args []string
			for _, a := range t.Args {
				args = append(args, f.typ(a))
			}
			text += "[" + strings.Join(args, ", ") + "]"
		}
		return text
	case Port:
		return f.named(runtimePath, "actor", "Port") + "[" + f.typ(t.Elem) + "]"
	case Ref:
		if t.Role && len(t.Actor.Promised()) > 0 {
			return f.named(t.Actor.Pkg.Path, t.Actor.Pkg.Name, t.Actor.ContractNames().Ref)
		}
		return f.named(t.Actor.Pkg.Path, t.Actor.Pkg.Name, t.Actor.Names().Ref)
	case Pointer:
		return "*" + f.typ(t.Elem)
	case Slice:
		return "[]" + f.typ(t.Elem)
	case Array:
		return fmt.Sprintf("[%d]%s", t.Len, f.typ(t.Elem))
	case Map:
		return "map[" + f.typ(t.Key) + "]" + f.typ(t.Elem)
	}
	var fields []string
	for _, field := range t.Fields {
		text := f.typ(field.Type) + field.tag()
		if field.Name != "" {
			text = field.Name + " " + text
		}
		fields = append(fields, text)
	}
	return "struct{" + strings.Join(fields, "; ") + "}"
}

// tag writes the field's tag.
func (f *Field) tag() string {
	var tags []string
	text := f.Wire
	if f.Limit > 0 {
		text += fmt.Sprintf(",limit=%d", f.Limit)
	}
	if f.Omit {
		text = "-"
	}
	if text != "" {
		tags = append(tags, fmt.Sprintf("msg:%q", text))
	}
	if f.JSONOmit {
		tags = append(tags, `json:"-"`)
	}
	if len(tags) == 0 {
		return ""
	}
	return " `" + strings.Join(tags, " ") + "`"
}
