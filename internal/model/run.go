package model

// A Run is everything one run of the generator found.
type Run struct {
	Packages []*Package // in the order of their dependencies, so that imported ones come first
}

// Annotated returns the packages that were asked for and have something to generate.
func (r *Run) Annotated() []*Package {
	var found []*Package
	for _, p := range r.Packages {
		if p.Asked && p.IsAnnotated() {
			found = append(found, p)
		}
	}
	return found
}

// A Package is one of the packages the run was asked for, or one of the same module that they import and that may not have
// been generated yet.
type Package struct {
	Path  string // import path
	Name  string // package name
	Dir   string // absolute
	Asked bool   // the run is to judge it and to write its files

	Annotations []*Annotation // every //actor: comment and near miss of its files, in order
	Actors      []*Actor
	Interfaces  []*Contract // interfaces annotated with contract
	Types       []*Named    // types annotated with message or error
	Unions      []*Named    // interfaces annotated with union
	Errors      []*ErrorVar
	Imported    []*ErrorVar          // annotated, exported error variables of directly imported packages
	Conditions  map[string]Condition // of the files that are not always compiled, by path
	Declared    map[string]Pos       // names that the user's files declare at package level, tests included
	Imports     map[string]Pos       // names that they import other packages under
	Fixtures    map[string]Pos       // names that the user's own files declare in the fixtures' package
	InFixtures  []Resident           // what has no place there
	Generated   []string             // files in Dir, and in its fixtures' folder, that carry the generator's header
}

// IsAnnotated tells whether the package has anything to generate.
func (p *Package) IsAnnotated() bool {
	return len(p.Actors)+len(p.Interfaces)+len(p.Types)+len(p.Unions)+len(p.Errors) > 0
}

// A Resident is something in the folder of a package's fixtures that cannot be there beside them.
type Resident struct {
	What string
	Pos  Pos
}

// An ErrorVar is a package-level error variable that keeps its identity on the wire.
type ErrorVar struct {
	Pkg, PkgName, Name string
	Pos                Pos
	IsError            bool // its type implements error
	HasValue           bool // it is initialized where it is declared
	Annotation         *Annotation
}

// ID is the name under which the variable travels.
func (v *ErrorVar) ID() string { return v.Pkg + "." + v.Name }
