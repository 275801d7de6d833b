package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/internal/model"
)

// actorFile writes actor_gen.go: all that is generated for a package, serializers aside.
func (w *writer) actorFile() ([]byte, error) {
	f := w.newFile()
	if w.usesRuntime() {
		guards(f)
	} else {
		f.Comment("// Other packages find the annotated errors and messages of this one by this file.")
	}
	if len(w.actors) > 0 {
		f.Line()
		comment(f, model.GenRefName+" is what every ref of this package holds.")
		f.Type().Id(model.GenRefName).Op("=").Add(actor("GenRef"))
	}
	for _, a := range w.actors {
		a.write(f)
	}
	w.writeBinders(f)
	w.writePortArgs(f)
	w.writeErrorIDs(f)
	return render(model.ActorFile, f)
}

// usesRuntime tells whether the package's generated code imports the runtime.
func (w *writer) usesRuntime() bool {
	if len(w.actors) > 0 {
		return true
	}
	for _, n := range w.wire {
		if n.Underlying.HasRefs() {
			return true
		}
	}
	return false
}

// guards writes the two lines that do not compile if the generator and the runtime are too far apart.
func guards(f *jen.File) {
	f.Comment("// If one of these two lines does not compile, this file and the runtime are too far apart:")
	f.Comment(`// run "go get github.com/actorgen/actorgen@latest", then "go generate" again.`)
	f.Const().Defs(
		jen.Id("_").Op("=").Uint().Parens(actor("GenVersion").Op("-").Lit(Generation)).Comment("// the runtime is new enough for this file"),
		jen.Id("_").Op("=").Uint().Parens(jen.Lit(Generation).Op("-").Add(actor("GenOldestVersion"))).Comment("// this file is new enough for the runtime"),
	)
}

// writeErrorIDs writes the names under which errors travel.
func (w *writer) writeErrorIDs(f *jen.File) {
	for _, n := range w.pkg.Types {
		if !n.IsErrorType() {
			continue
		}
		receiver := jen.Id(n.Name)
		if n.ErrorBy == model.ErrorByPointer {
			receiver = jen.Op("*").Id(n.Name)
		}
		f.Line()
		comment(f, "ActorErrorID is the name under which "+article(n.Name)+" travels.")
		f.Func().Params(receiver).Id("ActorErrorID").Params().String().Add(line(jen.Return(jen.Lit(n.ID()))))
	}
}

// article puts "a" or "an" before a name.
func article(name string) string {
	switch name[0] {
	case 'A', 'E', 'I', 'O', 'U', 'a', 'e', 'i', 'o', 'u':
		return "an " + name
	}
	return "a " + name
}
