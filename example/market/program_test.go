//go:build unix

package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// asProgram makes the test binary the program itself; what it starts inherits that.
const asProgram = "MARKET_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// patient is how long a test waits for what should take a few seconds, on a machine that is busy with others.
const patient = time.Minute

// A program is the market, running.
type program struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdout output
	stderr bytes.Buffer  // complete once ended
	ended  chan struct{} // closed when both processes have: they share stderr, and then it ends
}

// An output is what a program has written so far.
type output struct {
	mu    sync.Mutex
	text  bytes.Buffer
	grown chan struct{} // there is room for one
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.grown <- struct{}{}:
	default:
	}
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// start runs the market.
func start(t *testing.T, args ...string) *program {
	t.Helper()
	p := &program{t: t, cmd: exec.Command(os.Args[0], args...), stdout: output{grown: make(chan struct{}, 1)}, ended: make(chan struct{})}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	// A socket's path must be short, which that of t.TempDir is not.
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) }) // also if the program is killed, and leaves something there
	p.cmd.Env = append(os.Environ(), asProgram+"=1", "TMPDIR="+dir)
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, write
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	go func() {
		defer close(p.ended)
		defer read.Close()
		_, _ = io.Copy(&p.stderr, read)
	}()
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	return p
}

// await waits until the output has a line that matches.
func (p *program) await(pattern string) {
	p.t.Helper()
	re, late := regexp.MustCompile("(?m)"+pattern), time.After(patient)
	for !re.MatchString(p.stdout.String()) {
		select {
		case <-p.stdout.grown:
		case <-p.ended:
			p.t.Fatalf("ended without a line that matches %q:\n%s%s", pattern, p.stdout.String(), p.stderr.String())
		case <-late:
			p.t.Fatalf("no line matches %q:\n%s", pattern, p.stdout.String())
		}
	}
}

// wait returns the status, after both processes have ended.
func (p *program) wait() int {
	p.t.Helper()
	late := time.AfterFunc(patient, func() { _ = p.cmd.Process.Kill() })
	defer late.Stop()
	err := p.cmd.Wait()
	select {
	case <-p.ended:
	case <-time.After(patient):
		p.t.Fatalf("a process was left behind:\n%s", p.stdout.String())
	}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	return p.cmd.ProcessState.ExitCode()
}

// has returns the submatches of a pattern that the output must match.
func (p *program) has(pattern string) []string {
	p.t.Helper()
	found := regexp.MustCompile("(?m)" + pattern).FindStringSubmatch(p.stdout.String())
	if found == nil {
		p.t.Fatalf("no line matches %q:\n%s%s", pattern, p.stdout.String(), p.stderr.String())
	}
	return found
}

func TestMarketHolds(t *testing.T) {
	t.Parallel()
	p := start(t, "-plain", "-subscribers", "200", "-orders", "600", "-duration", "1500ms")
	if status := p.wait(); status != exitDone {
		t.Errorf("status %d:\n%s%s", status, p.stdout.String(), p.stderr.String())
	}
	p.has(`^ *\d\.\d s: [\d,]+ of 600 orders`)
	p.has(`^orders +600 in `)
	p.has(`^slow +[\d,]+ seen and [1-9][\d,]* lost`)
	p.has(`^gone +impatient, after [1-9]\d* updates: the session was canceled by proc market: seen enough$`)
	p.has(`^gone +remote, after [1-9]\d* updates: .*the link to proc "?subscriber"? (was|is) lost`)
	if n := strings.Count(p.stdout.String(), "\nholds "); n != 5 || strings.Contains(p.stdout.String(), "BROKEN") {
		t.Errorf("%d invariants hold:\n%s", n, p.stdout.String())
	}
	process, err := strconv.Atoi(p.has(`^holds +remote, process (\d+), was killed`)[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(process, 0); err != syscall.ESRCH {
		t.Errorf("process %d is still there: %v", process, err)
	}
	if strings.Contains(p.stdout.String(), "\x1b") {
		t.Error("there are escape sequences in lines")
	}
}

func TestMarketRunsAsFastAsItsSubscribers(t *testing.T) {
	t.Parallel()
	p := start(t, "-subscribers", "20", "-orders", "5000", "-duration", "0", "-seed", "42")
	if status := p.wait(); status != exitDone {
		t.Errorf("status %d:\n%s%s", status, p.stdout.String(), p.stderr.String())
	}
}

// The orders end early, and what was begun is still as it must be.
func TestMarketIsInterrupted(t *testing.T) {
	t.Parallel()
	p := start(t, "-subscribers", "20", "-orders", "100000", "-duration", "10h", "-plain")
	p.await(` [3-9] of 100,000 orders`)
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if status := p.wait(); status != exitInterrupted {
		t.Errorf("status %d:\n%s%s", status, p.stdout.String(), p.stderr.String())
	}
}

func TestOtherProcessEndsWithTheMarketHoweverThatEnds(t *testing.T) {
	t.Parallel()
	p := start(t, "-subscribers", "20", "-orders", "100000", "-duration", "10h", "-plain")
	p.await(` [3-9] of 100,000 orders`)
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.wait() // which fails if the other process is left
}

func TestMarketSaysWhatIsWrongWithItsFlags(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"-h"}, exitDone, "usage: market"},
		{[]string{"-order", "1"}, exitUsage, "-order"},
		{[]string{"fast"}, exitUsage, `"fast" is no flag`},
		{[]string{"-orders", "99"}, exitUsage, "-orders is 99"},
		{[]string{"-subscribers", "0"}, exitUsage, "-subscribers is 0"},
		{[]string{"-duration", "-1s"}, exitUsage, "-duration is -1s"},
		{[]string{"-remote", "nowhere"}, exitFailed, "nowhere"},
	} {
		p := start(t, test.args...)
		if status := p.wait(); status != test.status || !strings.Contains(p.stderr.String(), test.says) {
			t.Errorf("%q: status %d, %s", test.args, status, p.stderr.String())
		}
	}
}
