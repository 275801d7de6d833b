package generate

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"

	"github.com/actorgen/actorgen/internal/model"
)

// advice is what a user may wonder about after a run in which nothing is wrong, or "".
func (p *Plan) advice() string {
	annotated := p.Run.Annotated()
	if len(annotated) == 0 {
		if len(p.Remove) > 0 {
			return ""
		}
		return "there is no //actor: directive in what was named, so there is nothing to generate"
	}
	for _, pkg := range annotated {
		if name := lacksRuntime(pkg.Dir); name != "" {
			return fmt.Sprintf("module %s does not require %s, which generated code imports: go get %s", name, model.ModulePath, model.ModulePath)
		}
	}
	return ""
}

// lacksRuntime returns the name of the module that a folder is in, if it does not require actorgen. In a workspace another
// module may have it.
func lacksRuntime(dir string) string {
	if work := os.Getenv("GOWORK"); work != "" && work != "off" {
		return ""
	}
	name := ""
	for at := dir; at != filepath.Dir(at); at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.work")); err == nil {
			return ""
		}
		src, err := os.ReadFile(filepath.Join(at, "go.mod"))
		if err != nil || name != "" {
			continue
		}
		mod, err := modfile.ParseLax(filepath.Join(at, "go.mod"), src, nil)
		if err != nil || mod.Module == nil || mod.Module.Mod.Path == model.ModulePath {
			return ""
		}
		for _, r := range mod.Require {
			if r.Mod.Path == model.ModulePath {
				return ""
			}
		}
		name = mod.Module.Mod.Path
	}
	return name
}
