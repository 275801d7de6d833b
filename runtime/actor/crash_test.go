package actor_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
)

// parity: BT11
// The test runs itself in a process of its own, whose root actor fails.
func TestRootFailureCrashesTheProcess(t *testing.T) {
	if os.Getenv("ACTORGEN_CRASH") == "1" {
		p, err := actor.NewProc("crash", actor.OnRootFailure(actor.CrashProcess))
		ok(t, err)
		g, err := sample.SpawnGate(p, "root", plainGate, actor.OnFailure(actor.Escalate))
		ok(t, err)
		fail(t, g)
		<-time.After(patience)
		os.Exit(0)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestRootFailureCrashesTheProcess$")
	cmd.Env = append(os.Environ(), "ACTORGEN_CRASH=1")
	out, err := cmd.CombinedOutput()
	if exit, is := errors.AsType[*exec.ExitError](err); !is || exit.ExitCode() != 1 {
		t.Fatalf("%v\n%s", err, out)
	}
	if !bytes.Contains(out, []byte("a root actor has failed for good")) || !bytes.Contains(out, []byte("boom")) {
		t.Errorf("the log does not tell why:\n%s", out)
	}
}
