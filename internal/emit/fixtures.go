package emit

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/internal/model"
)

// A fixtureWriter writes the package of fixtures for tests: fakes of actors, samples and comparison of messages. It can
// use only what the package itself exports.
type fixtureWriter struct {
	pkg      *model.Package
	path     string // of the fixtures' package
	fakes    []*fake
	messages []*model.Named
	encoded  []*model.Type // that encode themselves, and are compared by that
	imports  imports
	scope    scope
}

// newFixtureWriter returns nil if the package has nothing to make fixtures for.
func newFixtureWriter(w *writer) *fixtureWriter {
	if w.pkg.Name == "main" {
		return nil
	}
	fx := &fixtureWriter{pkg: w.pkg, path: w.pkg.FixturesPath()}
	var types []*model.Type
	for _, n := range w.pkg.Samples() {
		fx.messages = append(fx.messages, n)
		types = append(types, n.Underlying)
	}
	faked := w.pkg.Fakes()
	for _, c := range faked {
		for _, h := range c.Handlers {
			types = append(types, h.Types()...)
		}
	}
	if len(fx.messages)+len(faked) == 0 {
		return nil
	}
	fx.encoded = encodedIn(fx.messages)
	wanted := packagesOf(append(types, fx.encoded...))
	if slices.ContainsFunc(fx.encoded, func(t *model.Type) bool { return t.Named.Encoding == model.ByProto }) {
		wanted[protoPath] = "proto"
	}
	wanted[w.pkg.Path] = w.pkg.Name
	declared := map[string]bool{}
	for _, n := range w.pkg.FixtureNames() {
		declared[n.Name] = true
	}
	fx.imports = importer{path: fx.path, own: ownFixtures, wanted: wanted, taken: func(name string) bool {
		_, user := w.pkg.Fixtures[name]
		return user || declared[name]
	}}.imports()
	fx.scope = newScope(fx.imports, &model.Package{})
	for name := range declared {
		fx.scope[name] = true
	}
	for _, c := range faked {
		fx.fakes = append(fx.fakes, newFake(fx, c))
	}
	return fx
}

// encodedIn returns the types of values in the messages that encode themselves and are compared by that, sorted: those that
// other packages send are among them.
func encodedIn(messages []*model.Named) []*model.Type {
	var found []*model.Type
	seen := map[*model.Named]bool{}
	var visit func(t *model.Type)
	visit = func(t *model.Type) {
		n := t.Named
		if seen[n] {
			return
		}
		seen[n] = true
		plain := *t
		plain.Alias = nil // one of the package's own may be no name elsewhere
		if isEncoded(n) && plain.IsSpellable() {
			found = append(found, &plain)
		}
		if n.IsOpaque() || n.IsTime() || n.Role != model.NotGenerated {
			return
		}
		for _, v := range n.Variants {
			v.Type.EachPart(visit)
		}
		n.Underlying.EachPart(visit)
	}
	for _, n := range messages {
		visit(&model.Type{Kind: model.Defined, Named: n, Text: n.ID()})
	}
	slices.SortFunc(found, func(t, u *model.Type) int { return cmp.Compare(t.Text, u.Text) })
	return found
}

// isEncoded tells whether values of a type encode themselves and are compared by that. Slices and maps are not: the option for
// empty ones would be in the way, and go-cmp uses their Equal if they have it.
func isEncoded(n *model.Named) bool {
	return n.Encoding != model.ByParts && (n.Underlying.Kind == model.Struct || n.Underlying.Kind == model.Array)
}

// files writes the fixtures and their tests.
func (fx *fixtureWriter) files() ([]File, error) {
	dir := filepath.Join(fx.pkg.Dir, fx.pkg.FixturesName())
	f := jen.NewFilePathName(fx.path, fx.pkg.FixturesName())
	f.HeaderComment(Header)
	f.PackageComment(fmt.Sprintf("// Package %s has fakes, sample values and a comparison for tests of code that uses package %s.",
		fx.pkg.FixturesName(), fx.pkg.Name))
	fx.imports.hint(f)
	for _, fk := range fx.fakes {
		fk.write(f)
	}
	if len(fx.messages) > 0 {
		fx.writeSamples(f)
		fx.writeComparison(f)
	}
	content, err := render(model.ActorFile, f)
	if err != nil {
		return nil, err
	}
	files := []File{{filepath.Join(dir, model.ActorFile), content}}
	if len(fx.messages) > 0 {
		tests, err := fx.tests()
		if err != nil {
			return nil, err
		}
		files = append(files, File{filepath.Join(dir, model.FixtureTests), tests})
	}
	return files, nil
}
