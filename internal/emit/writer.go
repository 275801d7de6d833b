package emit

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/internal/model"
)

// A writer writes the files of one package.
type writer struct {
	pkg     *model.Package
	wire    []*model.Named // the types that get serializers
	guests  []*model.Guest // those that get them under another name
	unions  []*model.Union
	ports   []*model.PortArgs // what is sent to ports that came in messages
	actors  []*actorWriter
	imports imports
	scope   scope

	conversions map[string]string // what guests and unions are converted by, by canonical text: (*podWire), shapeUnionOf
	portArgs    map[string]string // what encodes the values of ports, by their canonical text
	recursive   map[*model.Named]bool
}

func newWriter(pkg *model.Package) *writer {
	sent := pkg.Sent()
	w := &writer{pkg: pkg, wire: sent.Types, guests: sent.Guests, unions: sent.Unions, ports: sent.Ports,
		conversions: map[string]string{}, portArgs: map[string]string{}, recursive: pkg.Recursive()}
	for _, a := range w.ports {
		w.portArgs[a.Type.Text] = a.Name
	}
	for _, g := range w.guests {
		w.conversions[g.Type.Text] = "(*" + g.Name + ")"
	}
	for _, u := range w.unions {
		w.conversions[u.Type.Text] = u.Convert()
	}
	generated := map[string]bool{}
	for _, n := range pkg.GeneratedNames() {
		generated[n.Name] = true
	}
	wanted := packagesOf(w.types())
	byProto := func(n *model.Named) bool { return n.Encoding == model.ByProto }
	if slices.ContainsFunc(w.wire, byProto) || slices.ContainsFunc(w.guests, func(g *model.Guest) bool { return byProto(g.Type.Named) }) {
		wanted[protoPath] = "proto"
	}
	for _, v := range pkg.Imported {
		wanted[v.Pkg] = v.PkgName
	}
	for _, a := range pkg.Actors {
		for _, im := range a.Implements {
			wanted[im.Contract.Pkg.Path] = im.Contract.Pkg.Name
		}
	}
	w.imports = importer{path: pkg.Path, own: own, wanted: wanted, taken: func(name string) bool {
		_, declared := pkg.Declared[name]
		return declared || generated[name]
	}}.imports()
	w.scope = newScope(w.imports, pkg)
	for _, c := range pkg.Interfaces {
		w.actors = append(w.actors, newActorWriter(w, c))
	}
	for _, a := range pkg.Actors {
		aw := newActorWriter(w, a.Contract)
		aw.actor = a
		w.actors = append(w.actors, aw)
	}
	return w
}

// types are all types that the package's generated code may spell out.
func (w *writer) types() []*model.Type {
	var list []*model.Type
	for _, c := range w.pkg.Contracts() {
		for _, h := range c.Handlers {
			list = append(list, h.Types()...)
		}
	}
	for _, n := range w.wire {
		if n.Encoding == model.ByParts {
			list = append(list, n.Underlying)
		}
	}
	for _, u := range w.unions {
		list = append(list, u.Type)
		for _, v := range u.Type.Named.Variants {
			list = append(list, v.Type)
		}
	}
	for _, a := range w.ports {
		list = append(list, a.Type)
	}
	for _, g := range w.guests {
		list = append(list, g.Type)
		if g.Type.Named.Encoding == model.ByParts {
			list = append(list, g.Type.Named.Underlying)
		}
	}
	return list
}

// newFile begins a generated file in the package.
func (w *writer) newFile() *jen.File {
	f := jen.NewFilePathName(w.pkg.Path, w.pkg.Name)
	f.HeaderComment(Header)
	w.imports.hint(f)
	return f
}

// render formats a file.
func render(name string, f *jen.File) ([]byte, error) {
	f.NoFormat = true
	var b bytes.Buffer
	if err := f.Render(&b); err != nil {
		return nil, fmt.Errorf("writing %s failed; this is a defect of actorgen, please report it with the source: %w", name, err)
	}
	return finish(name, b.Bytes())
}

// groupImports sets the imports of the standard library apart from the others, as people do.
func groupImports(src []byte) []byte {
	before, rest, ok := bytes.Cut(src, []byte("\nimport (\n"))
	if !ok {
		return src
	}
	block, after, ok := bytes.Cut(rest, []byte("\n)\n"))
	if !ok {
		return src
	}
	var std, others []string
	for line := range strings.SplitSeq(string(block), "\n") {
		path := line[strings.Index(line, `"`)+1:]
		first, _, _ := strings.Cut(strings.Trim(path, `"`), "/")
		if strings.Contains(first, ".") {
			others = append(others, line)
		} else {
			std = append(std, line)
		}
	}
	groups := strings.Join(std, "\n")
	if len(std) > 0 && len(others) > 0 {
		groups += "\n\n"
	}
	groups += strings.Join(others, "\n")
	return fmt.Appendf(nil, "%s\nimport (\n%s\n)\n%s", before, groups, after)
}

// comment writes a doc comment: paragraphs apart by an empty line, and whatever lines the text has.
func comment(f interface{ Comment(string) *jen.Statement }, paragraphs ...string) {
	first := true
	for _, text := range paragraphs {
		if text == "" {
			continue
		}
		if !first {
			f.Comment("//")
		}
		first = false
		for line := range strings.SplitSeq(text, "\n") {
			if !strings.HasPrefix(line, "\t") { // gofmt has the tab of code follow the slashes
				line = " " + line
			}
			f.Comment(strings.TrimRight("//"+line, " "))
		}
	}
}

// wrap breaks a paragraph into lines.
func wrap(text string) string {
	const width = 115
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
		case column+1+len(word) > width:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}

// actor names something of the runtime.
func actor(name string) *jen.Statement { return jen.Qual(actorPath, name) }

// multiline writes items on lines of their own between braces.
func multiline(items ...jen.Code) *jen.Statement {
	return jen.Custom(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}, items...)
}

// field writes a field of a composite literal.
func field(name string, value jen.Code) *jen.Statement {
	return jen.Id(name).Op(":").Add(value)
}

// line writes a function's body of one statement on one line.
func line(statement jen.Code) *jen.Statement {
	return jen.Custom(jen.Options{Open: "{ ", Close: " }"}, statement)
}
