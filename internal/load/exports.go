package load

import (
	"fmt"
	"go/token"
	"maps"
	"slices"

	"golang.org/x/tools/go/packages"
)

// only is the set of the packages.
func only(list []*packages.Package) map[*packages.Package]bool {
	set := map[*packages.Package]bool{}
	for _, p := range list {
		set[p] = true
	}
	return set
}

// gather gets what is needed to type the roots: the syntax of those packages that have to be typed from source too, and the
// export data of the others that these import.
func gather(dir string, fset *token.FileSet, roots []*packages.Package) error {
	broken := map[*packages.Package]bool{}
	asked := map[*packages.Package]bool{}
	for {
		source := fromSource(roots, broken)
		if err := parse(fset, roots, source); err != nil {
			return err
		}
		wanted := map[string]*packages.Package{}
		for p := range source {
			for _, imp := range p.Imports {
				if !source[imp] && !asked[imp] && imp.PkgPath != "unsafe" {
					wanted[imp.PkgPath] = imp
				}
			}
		}
		if len(wanted) == 0 {
			return nil
		}
		if err := export(dir, wanted); err != nil {
			return err
		}
		for _, p := range wanted {
			asked[p], broken[p] = true, p.ExportFile == ""
		}
	}
}

// fromSource finds the packages that are typed from source: the roots, what does not compile, and what imports either, for its
// export data knows the root's as it was generated last.
func fromSource(roots []*packages.Package, broken map[*packages.Package]bool) map[*packages.Package]bool {
	source := map[*packages.Package]bool{}
	packages.Visit(roots, nil, func(p *packages.Package) {
		needed := broken[p] || slices.Contains(roots, p)
		for _, imp := range p.Imports {
			needed = needed || source[imp]
		}
		if needed {
			source[p] = true
		}
	})
	return source
}

// export has packages compiled, unless they are, and notes where their export data is.
func export(dir string, wanted map[string]*packages.Package) error {
	config := &packages.Config{Mode: packages.NeedName | packages.NeedExportFile, Dir: dir}
	compiled, err := packages.Load(config, slices.Sorted(maps.Keys(wanted))...)
	if err != nil {
		return fmt.Errorf("looking for the export data of what is imported: %s", goSays(err))
	}
	for _, p := range compiled {
		if imp := wanted[p.PkgPath]; imp != nil {
			imp.ExportFile = p.ExportFile
		}
	}
	return nil
}
