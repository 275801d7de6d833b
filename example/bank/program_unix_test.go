//go:build unix

package main

import (
	"bufio"
	"cmp"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// endless returns a standard input that brings good rows, of every direction, for as long as somebody reads them.
func endless(t *testing.T) *os.File {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { read.Close() })
	go func() {
		defer write.Close()
		out := bufio.NewWriter(write)
		branches := []string{"north", "south"}
		for i := 0; ; i++ {
			_, err := fmt.Fprintf(out, "%d,%s-%03d,%s-%03d,1,\n", i, branches[i%2], i%190+1, branches[i/2%2], (i+7)%190+1)
			if err != nil {
				return // nobody reads any more
			}
		}
	}()
	return read
}

func TestBankSaysWhichRowsAreInDoubtWhenTheOtherProcessDies(t *testing.T) {
	t.Parallel()
	for range 10 {
		if killSouth(t) > 0 {
			return
		}
	}
	t.Error("whenever the south died, all rows were at a teller: none was ever in doubt")
}

// killSouth kills the south in mid-ledger, checks the report, and returns how many rows are in doubt.
func killSouth(t *testing.T) int {
	t.Helper()
	p := start(t, endless(t), "-ledger", "-")
	south, err := strconv.Atoi(p.await(`the south is process (\d+)`)[1])
	if err != nil {
		t.Fatal(err)
	}
	p.await(`[1-9],\d{3} applied`)
	if err := syscall.Kill(south, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if status := p.wait(); status != exitFailed {
		t.Errorf("status %d", status)
	}
	p.has("stopped: the process of the south ended: signal: killed")
	p.has("the books of the south went with its process; those of the north agree with the rows")
	read, done := p.number("rows read"), p.number("applied")
	doubt, not := p.number("in doubt"), p.number("not carried out")
	if read != done+doubt+not || doubt+not == 0 || doubt+not > 64 {
		t.Errorf("%d rows read, %d applied, %d in doubt, %d not carried out", read, done, doubt, not)
	}
	named := regexp.MustCompile(`(?m)^  line (\d+): 0\.01 from `).FindAllStringSubmatch(p.stdout.String(), -1)
	var lines []string
	for _, line := range named {
		lines = append(lines, line[1])
	}
	if len(lines) != doubt {
		t.Fatalf("%d rows in doubt, %d named:\n%s", doubt, len(lines), p.stdout.String())
	}
	slices.SortFunc(lines, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
	switch doubt {
	case 0:
		p.has("in doubt", "0")
	case 1:
		p.has("in doubt", "1", "line", lines[0])
	default:
		p.has("in doubt", strconv.Itoa(doubt), "lines", strings.Join(lines, ", "))
	}
	return doubt
}

// number returns the number behind these words at the beginning of a line of the report; 0 if there is no such line.
func (p *program) number(words string) int {
	p.t.Helper()
	found := regexp.MustCompile(`(?m)^` + words + ` +([\d,]+)`).FindStringSubmatch(p.stdout.String())
	if found == nil {
		return 0
	}
	n, err := strconv.Atoi(strings.ReplaceAll(found[1], ",", ""))
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

func TestBankEndsWhatItHasBegunWhenItIsInterrupted(t *testing.T) {
	t.Parallel()
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		p := start(t, endless(t), "-ledger", "-")
		p.await(`[1-9],\d{3} applied`)
		if err := p.cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		if status := p.wait(); status != exitInterrupted {
			t.Errorf("%v: status %d", sig, status)
		}
		p.says(": ending what has been begun, within 10s", "the north is closed: ", " actors stopped in ", "the south is closed: ")
		if strings.Contains(p.stderr.String(), "killed") {
			t.Errorf("%v: something was killed:\n%s", sig, p.stderr.String())
		}
		p.has("interrupted: nothing behind line")
		p.has("no money was made or lost")
		if read, done := p.number("rows read"), p.number("applied"); read != done || read == 0 {
			t.Errorf("%d rows read, %d applied", read, done)
		}
	}
}

// says checks that there is all of this on stderr.
func (p *program) says(parts ...string) {
	p.t.Helper()
	for _, part := range parts {
		if !strings.Contains(p.stderr.String(), part) {
			p.t.Errorf("stderr has no %q:\n%s", part, p.stderr.String())
		}
	}
}

// The south hangs, so that what has been begun cannot be ended: the second signal kills, and so does the end of the time for it. The
// report says what is in doubt.
// parity: A49
func TestBankKillsWhatDoesNotEndWhenItIsInterrupted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		drain string
		again bool
		says  []string
	}{
		{"second signal", "1h", true, []string{"within 1h0m0s; once more kills", "once more: killing what has not ended"}},
		{"limit", "200ms", false, []string{"within 200ms; once more kills", "200ms are over: killing what has not ended"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := start(t, endless(t), "-ledger", "-", "-drain", c.drain)
			south, err := strconv.Atoi(p.await(`the south is process (\d+)`)[1])
			if err != nil {
				t.Fatal(err)
			}
			p.await(`[1-9],\d{3} applied`)
			if err := syscall.Kill(south, syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
			signal := func() {
				if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
					t.Fatal(err)
				}
			}
			signal()
			if c.again {
				p.await("ending what has been begun")
				signal()
			}
			if status := p.wait(); status != exitKilled {
				t.Errorf("status %d:\n%s", status, p.stderr.String())
			}
			p.says(append(c.says, "the north is closed: ")...)
			p.has("interrupted: nothing behind line")
			read, done := p.number("rows read"), p.number("applied")
			if doubt, not := p.number("in doubt"), p.number("not carried out"); read != done+doubt+not || doubt+not == 0 {
				t.Errorf("%d rows read, %d applied, %d in doubt, %d not carried out", read, done, doubt, not)
			}
		})
	}
}

func TestBankIsInterruptedWhileItOpens(t *testing.T) {
	t.Parallel()
	p := start(t, endless(t), "-ledger", "-")
	p.await(`the south is process (\d+)`)
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if status := p.wait(); status != exitInterrupted { // whether it had opened or not
		t.Errorf("status %d:\n%s", status, p.stderr.String())
	}
	p.says("the north is closed: ")
}

// A service manager's signal to all processes of the group is the north's to follow.
func TestSouthLeavesSignalsToTheNorth(t *testing.T) {
	t.Parallel()
	p := start(t, endless(t), "-ledger", "-")
	south, err := strconv.Atoi(p.await(`the south is process (\d+)`)[1])
	if err != nil {
		t.Fatal(err)
	}
	p.await(`[1-9],\d{3} applied`)
	for _, pid := range []int{south, p.cmd.Process.Pid} {
		if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
	if status := p.wait(); status != exitInterrupted {
		t.Errorf("status %d:\n%s", status, p.stderr.String())
	}
	p.has("no money was made or lost")
}

func TestSouthEndsWithTheNorthHoweverThatEnds(t *testing.T) {
	t.Parallel()
	p := start(t, endless(t), "-ledger", "-")
	p.await(`[1-9],\d{3} applied`)
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.wait() // returns when both have ended
}

func TestBankDoesNotOpenWithoutTheSouth(t *testing.T) {
	t.Parallel()
	p := start(t, nil)
	south, err := strconv.Atoi(p.await(`the south is process (\d+)`)[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(south, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if status := p.wait(); status != exitFailed { // whether it had opened or not
		t.Errorf("status %d", status)
	}
}
