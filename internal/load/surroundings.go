package load

import (
	"go/build"
	"go/parser"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/actorgen/actorgen/internal/model"
)

// surroundings notes what lies beside and behind the package: generated files, hand-written fixtures, errors of others.
func (l *loader) surroundings(p *packages.Package, pkg *model.Package) error {
	if pkg.Dir == "" {
		return nil
	}
	fixtures := filepath.Join(pkg.Dir, pkg.FixturesName())
	var err error
	if pkg.Generated, err = generatedIn(pkg.Dir, fixtures); err != nil {
		return err
	}
	annotated, err := l.fixtures(pkg, fixtures)
	if annotated { // what was generated there is that package's own
		pkg.Generated = slices.DeleteFunc(pkg.Generated, func(file string) bool { return filepath.Dir(file) == fixtures })
	}
	if err != nil || !pkg.IsAnnotated() {
		return err
	}
	pkg.Imported, err = l.importedErrors(p, pkg.BuildConstraint())
	return err
}

// fixtures reads what the user has in the folder that the package's fixtures are written into, and tells whether code is to be
// generated for that.
func (l *loader) fixtures(pkg *model.Package, dir string) (annotated bool, err error) {
	files, err := goFiles(l.fset, dir, parser.ParseComments|parser.SkipObjectResolution, func(name string) bool {
		compiled, err := build.Default.MatchFile(dir, name)
		return compiled || err != nil
	})
	src := newSource()
	for _, file := range files {
		src.declare(file, l.at)
		isTest := strings.HasSuffix(l.at(file.FileStart).File, "_test.go")
		if file.Name.Name == "" {
			continue // it does not parse as far as that, which is told where it is loaded
		}
		if name := file.Name.Name; name != pkg.FixturesName() && !(isTest && name == pkg.FixturesName()+"_test") {
			pkg.InFixtures = append(pkg.InFixtures, model.Resident{What: "package " + name, Pos: l.at(file.Name.Pos())})
		}
		if isTest {
			continue
		}
		for _, a := range annotations(file, l.at, nil) {
			if a.Form == model.Directive {
				pkg.InFixtures = append(pkg.InFixtures, model.Resident{What: "//" + tool + ":" + a.Name, Pos: a.Pos})
				annotated = true
			}
		}
	}
	pkg.Fixtures = src.declared
	return annotated, err
}
