package actor_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
)

// farError is an error as it comes from a proc behind another one.
func farError(text, stack string) *actor.Error {
	return &actor.Error{Code: actor.CodeHandler, Text: text, Type: "*bank.Overdrawn", Origin: "bank.Account alice in proc branch",
		Path: []string{"branch", "head", "till"}, Stack: stack, StackProc: "branch"}
}

// parity: A21, A63
func TestDescribe(t *testing.T) {
	stack := "goroutine 12 [running]:\nbank.(*Account).Withdraw(0xc0000140c0)\n\t/src/bank/account.go:17 +0x1d\n"
	far := farError("bank.Account.Withdraw: overdrawn by 5", stack)
	const fields = `
  type:   *bank.Overdrawn
  origin: bank.Account alice in proc branch
  via:    branch -> head -> till`
	const box = `
  ┌─ stack in proc branch
  │ goroutine 12 [running]:
  │ bank.(*Account).Withdraw(0xc0000140c0)
  │ 	/src/bank/account.go:17 +0x1d
  └─`
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"nothing":                  {nil, ""},
		"another's error":          {errBoom, "boom"},
		"the whole":                {far, "bank.Account.Withdraw: overdrawn by 5" + fields + box},
		"no stack":                 {farError("overdrawn", ""), "overdrawn" + fields},
		"wrapped":                  {fmt.Errorf("paying: %w", far), "paying: bank.Account.Withdraw: overdrawn by 5" + fields + box},
		"several lines":            {farError("overdrawn:\nby 5", ""), "overdrawn:\n    by 5" + fields},
		"of this proc":             {&actor.Error{Code: actor.CodePanic, Text: "panic: boom", Stack: "a\nb"}, "panic: boom\n  code:   panic\n  ┌─ stack\n  │ a\n  │ b\n  └─"},
		"no text":                  {actor.ErrStopped, "actor: stopped\n  code:   stopped"},
		"what controls a terminal": {farError("\x1b[2Jclean\u202e", ""), "\ufffd[2Jclean\ufffd" + fields},
		"joined": {fmt.Errorf("closing: %w", errors.Join(farError("overdrawn", "x"), errBoom, actor.ErrStopped)), `closing: overdrawn
    boom
    actor: stopped
  - overdrawn
    type:   *bank.Overdrawn
    origin: bank.Account alice in proc branch
    via:    branch -> head -> till
    ┌─ stack in proc branch
    │ x
    └─
  - actor: stopped
    code:   stopped`},
	} {
		if got := actor.Describe(c.err); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

// A panic with an error that came from elsewhere shows where that arose, not where it was passed on.
func TestDescribeShowsOneStack(t *testing.T) {
	p := newProc(t, quiet)
	g := spawnGate(t, p, atOnce)
	err := g.Do(soon(t), func(*actor.Context) error { panic(farError("far", "far away\n")) })
	got := actor.Describe(err)
	for _, want := range []string{"panic: far\n", "code:   panic", "proc branch\n  │ far away\n  └─", "branch -> head -> till"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if strings.Count(got, "┌─") != 1 || strings.Contains(got, "_test.go") {
		t.Errorf("got\n%s", got)
	}
	err = g.Do(soon(t), func(*actor.Context) error { panic("here") })
	if got := actor.Describe(err); !strings.Contains(got, "┌─ stack in proc "+p.Name()+"\n") || !strings.Contains(got, "describe_test.go") {
		t.Errorf("got\n%s", got)
	}
}

func TestDescribeIsBounded(t *testing.T) {
	var stack strings.Builder
	for i := 0; stack.Len() < 64<<10; i++ {
		fmt.Fprintf(&stack, "frame %d\n", i)
	}
	last := stack.String()[strings.LastIndex(strings.TrimSpace(stack.String()), "\n")+1:]
	got := actor.Describe(farError("far", stack.String()))
	for _, want := range []string{"│ frame 0\n", "│ " + last, fmt.Sprintf("of %d bytes are left out", stack.Len())} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if len(got) > 32<<10 { // the margin counts, too
		t.Errorf("%d bytes", len(got))
	}
}

func TestErrorIsPrintedAsVerbsSay(t *testing.T) {
	err := farError("overdrawn", "stack")
	line := "overdrawn (from branch, via head, via till)"
	for format, want := range map[string]string{"%v": line, "%s": line, "%q": `"` + line + `"`, "%+v": actor.Describe(err), "%50s": strings.Repeat(" ", 50-len(line)) + line} {
		if got := fmt.Sprintf(format, err); got != want {
			t.Errorf("%s: got %s, want %s", format, got, want)
		}
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Error("failed", "err", err)
	if !strings.Contains(log.String(), `err="`+line+`"`) {
		t.Errorf("logged: %s", log.String())
	}
}
