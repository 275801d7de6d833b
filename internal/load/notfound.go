package load

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// noPackage is the error for patterns that match nothing. The go command is asked again: of some errors, in go.mod for one, it
// says nothing while it is told to go on in spite of errors.
func noPackage(dir string, patterns []string) error {
	if err := noModule(dir); err != nil {
		return err
	}
	list := exec.Command("go", append([]string{"list", "--"}, patterns...)...)
	list.Dir = dir
	var failed *exec.ExitError
	if _, err := list.Output(); errors.As(err, &failed) {
		said := strings.TrimPrefix(string(failed.Stderr), "go: ")
		return fmt.Errorf("listing packages: %s", strings.Join(strings.Fields(said), " "))
	}
	what := strings.Join(patterns, " ")
	return fmt.Errorf("no package matches %s: \"go list %s\" tells more", what, what)
}

// noModule is the error for a folder that belongs to no module, or nil.
func noModule(dir string) error {
	for at := dir; ; at = filepath.Dir(at) {
		for _, name := range []string{"go.mod", "go.work"} {
			if _, err := os.Stat(filepath.Join(at, name)); err == nil {
				return nil
			}
		}
		if at == filepath.Dir(at) {
			return fmt.Errorf("there is no go.mod in %s or above: run go mod init here, or let actorgen init write a project", dir)
		}
	}
}

var notInStd = regexp.MustCompile(`^package (\S+) is not in std`)

// notFound is the error for what the go command says of a package that it cannot list.
func notFound(dir, message string) error {
	message = strings.Join(strings.Fields(message), " ")
	if m := notInStd.FindStringSubmatch(message); m != nil {
		return fmt.Errorf("there is no package %s: write ./%s if it is a folder; \"actorgen -h\" tells what else there is", m[1], m[1])
	}
	switch {
	case strings.HasPrefix(message, "stat ") && strings.HasSuffix(message, ": directory not found"):
		return fmt.Errorf("there is no folder %s: with ./... actorgen takes all that there are", strings.TrimSuffix(strings.TrimPrefix(message, "stat "), ": directory not found"))
	case strings.HasPrefix(message, "no Go files in "):
		return fmt.Errorf("%s: name the packages; with ./... actorgen takes all below", message)
	case strings.HasPrefix(message, "build constraints exclude all Go files in "):
		return fmt.Errorf("%s: set GOOS or GOFLAGS=-tags=... to what they ask for", message)
	}
	if err := noModule(dir); err != nil {
		return err
	}
	return errors.New(message)
}

var driverError = regexp.MustCompile(`(?s)^err: .*?: stderr: (?:go: )?(.*)$`)

// goSays is what the go command said, of an error of package packages.
func goSays(err error) string {
	text := err.Error()
	if m := driverError.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	return strings.Join(strings.Fields(text), " ")
}
