package scaffold

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"

	"github.com/actorgen/actorgen/internal/model"
)

// modulePath is that of actorgen itself, and toolPath the command's.
const (
	modulePath = model.ModulePath
	toolPath   = modulePath + "/cmd/actorgen"
)

// An origin is where the running actorgen comes from, and a project gets the same one.
type origin struct {
	version  string
	checkout string // the folder to replace it by; empty for a version that the go command can get
}

// unversioned is required of a module that is replaced.
const unversioned = "v0.0.0"

// originOf finds the origin: the replacement that was asked for, the version that was built, or the checkout that it was
// built in.
func originOf(replace string) (origin, error) {
	if replace != "" {
		if !isCheckout(replace) {
			return origin{}, errors.New("-replace " + replace + ": there is no checkout of " + modulePath + " in that folder: name the one that has its go.mod")
		}
		return origin{unversioned, replace}, nil
	}
	if info, ok := debug.ReadBuildInfo(); ok && isReleased(info) {
		return origin{version: info.Main.Version}, nil
	}
	// The name of a source file, as the compiler saw it.
	if _, source, _, ok := runtime.Caller(0); ok && filepath.IsAbs(source) {
		if dir := filepath.Join(filepath.Dir(source), "..", ".."); isCheckout(dir) {
			return origin{unversioned, dir}, nil
		}
	}
	return origin{}, errors.New("this actorgen was built from a checkout, so no go.mod can name its version: name the checkout with -replace")
}

// isReleased tells whether the go command has got the version that was built, rather than made one up for a checkout.
func isReleased(info *debug.BuildInfo) bool {
	for _, s := range info.Settings {
		if s.Key == "vcs" {
			return false
		}
	}
	return info.Main.Path == modulePath && info.Main.Replace == nil && semver.IsValid(info.Main.Version)
}

func isCheckout(dir string) bool {
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	return err == nil && modfile.ModulePath(mod) == modulePath
}
