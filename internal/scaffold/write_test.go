package scaffold_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/internal/scaffold"
)

// Whatever step fails, nothing is left of the others. The go command that fails is one of the test's own.
func TestNothingIsLeftOfAFailure(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the go command of the test is a shell script")
	}
	real, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []string{"mod init", "mod edit", "list -mod=mod", "mod tidy"} {
		t.Run(step, func(t *testing.T) {
			bin, dir := t.TempDir(), t.TempDir()
			script := fmt.Sprintf("#!/bin/sh\nif [ \"$1 $2\" = %q ]; then echo no luck; exit 3; fi\nexec %q \"$@\"\n", step, real)
			if err := os.WriteFile(filepath.Join(bin, "go"), []byte(script), 0o755); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
			var stdout, stderr bytes.Buffer
			code := scaffold.Command(dir, []string{"-replace", root, "deep/below"}, &stdout, &stderr)
			want := "running go " + step
			if code != 1 || stdout.Len() > 0 || !strings.Contains(stderr.String(), want) || !strings.HasSuffix(stderr.String(), "\nno luck\nnothing was written\n") {
				t.Errorf("exit code %d, %s, %s", code, &stdout, &stderr)
			}
			left, err := os.ReadDir(dir)
			if err != nil || len(left) > 0 {
				t.Errorf("%v and error %v were left behind", left, err)
			}
		})
	}
}
