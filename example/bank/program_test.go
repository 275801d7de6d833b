package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/example/bank/bank"
	"github.com/actorgen/actorgen/example/bank/ledger"
)

// asProgram makes the test binary the program itself; what it starts inherits that.
const asProgram = "BANK_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(run(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// patient is how long a test waits for what should take a second or two, on a machine that is busy with others.
const patient = time.Minute

// A program is the bank, running.
type program struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdout bytes.Buffer
	stderr text          // complete once ended
	lines  chan string   // what it writes to stderr
	ended  chan struct{} // closed when both processes have: they share stderr, and then it ends
}

// text is a text to which one goroutine adds while others read it.
type text struct {
	mu sync.Mutex
	strings.Builder
}

func (t *text) add(s string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.WriteString(s)
}

func (t *text) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.Builder.String()
}

// start runs the bank with that standard input; nil is the null device.
func start(t *testing.T, stdin *os.File, args ...string) *program {
	t.Helper()
	p := &program{
		t: t, cmd: exec.Command(os.Args[0], args...),
		lines: make(chan string, 1_000), ended: make(chan struct{}),
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Env = append(os.Environ(), asProgram+"=1")
	if stdin != nil {
		p.cmd.Stdin = stdin
	}
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, write
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	go func() {
		defer close(p.ended)
		defer close(p.lines)
		defer read.Close()
		in := bufio.NewReader(read)
		for {
			line, err := in.ReadString('\n')
			p.stderr.add(line)
			if err != nil {
				return
			}
			select {
			case p.lines <- line:
			default: // nobody waits for that many
			}
		}
	}()
	t.Cleanup(func() { p.cmd.Process.Kill() })
	return p
}

// await returns the submatches of the next line on stderr that matches.
func (p *program) await(pattern string) []string {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	timeout := time.After(patient)
	for {
		select {
		case line, more := <-p.lines:
			if !more {
				p.t.Fatalf("ended without a line that matches %q:\n%s", pattern, p.stderr.String())
			}
			if found := re.FindStringSubmatch(line); found != nil {
				return found
			}
		case <-timeout:
			p.t.Fatalf("no line matches %q", pattern)
		}
	}
}

// wait returns the status, after both processes have ended.
func (p *program) wait() int {
	p.t.Helper()
	timeout := time.AfterFunc(patient, func() { p.cmd.Process.Kill() })
	defer timeout.Stop()
	err := p.cmd.Wait()
	select {
	case <-p.ended:
	case <-time.After(patient):
		p.t.Fatalf("a process was left behind:\n%s%s", p.stdout.String(), p.stderr.String())
	}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	return p.cmd.ProcessState.ExitCode()
}

// file writes a ledger to a file.
func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "ledger.csv")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// piped returns a standard input into which text is piped.
func piped(t *testing.T, text string) *os.File {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		io.WriteString(write, text)
		write.Close()
	}()
	t.Cleanup(func() { read.Close() })
	return read
}

// has checks that the report has a line that begins with these words, however far apart they stand.
func (p *program) has(words ...string) {
	p.t.Helper()
	want := strings.Join(words, " ")
	for line := range strings.Lines(p.stdout.String()) {
		line = strings.Join(strings.Fields(line), " ")
		if rest, ok := strings.CutPrefix(line, want); ok && strings.IndexAny(rest+" ", " :") == 0 {
			return
		}
	}
	p.t.Errorf("the report has no %q:\n%s%s", want, p.stdout.String(), p.stderr.String())
}

func TestBankCarriesOutTheShippedLedger(t *testing.T) {
	t.Parallel()
	p := start(t, nil, "-lines", "-1")
	if status := p.wait(); status != exitDone {
		t.Errorf("status %d", status)
	}
	p.has("ledger", "the shipped ledger")
	p.has("rows read", "20,000")
	p.has("applied", "19,200")
	p.has("refused", "800", "each by a typed error from the other process")
	p.has("in doubt", "0")
	p.has("both", "3,960,000.00", "3,960,000.00", "0.00")
	p.has("no money was made or lost")
	if strings.Contains(p.stderr.String(), "level=") {
		t.Errorf("the runtime had to warn:\n%s", p.stderr.String())
	}

	// The same ledger, by one who takes row after row.
	want := expect(t, ledger.Shipped())
	for why, lines := range want {
		words := []string{why.String(), group(len(lines)), "lines"}
		p.has(append(words, strings.Split(strings.Join(lines, ", "), " ")...)...)
	}
	if len(want) != int(reasons) {
		t.Errorf("the ledger has rows for the reasons %v only", slices.Collect(maps.Keys(want)))
	}
}

// expect returns the lines that the bank must refuse.
func expect(t *testing.T, in io.Reader) map[reason][]string {
	t.Helper()
	refused := make(map[reason][]string)
	balance := make(map[string]int64)
	closed := make(map[string]bool)
	for i := 1; i <= bank.AccountsPerBranch; i++ {
		balance[fmt.Sprintf("north-%03d", i)] = int64(bank.Opening)
		balance[fmt.Sprintf("south-%03d", i)] = int64(bank.Opening)
		closed[fmt.Sprintf("south-%03d", i)] = i > bank.AccountsPerBranch-bank.ClosedAccounts
	}
	taken := make(map[string]bool)
	r := ledger.NewReader(in)
	for {
		record, err := r.Next()
		if errors.Is(err, io.EOF) {
			return refused
		}
		if err != nil {
			t.Fatal(err)
		}
		row, err := ledger.Parse(record)
		_, payer := balance[row.From]
		_, payee := balance[row.To]
		why := reasons
		switch {
		case err != nil:
			why = malformed
		case taken[row.ID]:
			why = duplicate
		case row.From == row.To:
			why = selfTransfer
		case !payer || !payee:
			why = unknownAccount
		case row.Cents > int64(bank.Limit):
			why = overLimit
		case closed[row.From] || closed[row.To]:
			why = accountClosed
		case row.Cents > balance[row.From]:
			why = overdrawn
		default:
			balance[row.From] -= row.Cents
			balance[row.To] += row.Cents
		}
		if why != malformed {
			taken[row.ID] = true
		}
		if why != reasons {
			refused[why] = append(refused[why], strconv.Itoa(record.Line))
		}
	}
}

func TestBankTakesALedgerFromStandardInput(t *testing.T) {
	t.Parallel()
	const text = "id,from,to,cents,note\n1,north-001,south-001,100000,\"all, of\nit\"\n2,south-002,north-002,5,\n3,south-003,south-004,5,\n4,north-003,north-004,5,\n"
	for _, args := range [][]string{nil, {"-ledger", "-"}} {
		p := start(t, piped(t, text), append(args, "-clerks", "1")...)
		if status := p.wait(); status != exitDone {
			t.Errorf("status %d", status)
		}
		p.has("ledger", "standard input")
		p.has("rows read", "4")
		p.has("applied", "4", "1,000.15", "moved")
		p.has("north", "2,000,000.00", "1,999,000.05")
		p.has("no money was made or lost")
	}
}

func TestBankReadsTheShippedLedgerWhenNothingIsPipedIn(t *testing.T) {
	t.Parallel()
	in, err := openLedger("", piped(t, ""), io.Discard)
	if err != nil || in.name != "the shipped ledger" {
		t.Errorf("got %+v, %v", in, err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer write.Close()
	var said bytes.Buffer
	in, err = openLedger("", read, &said)
	if err != nil || in.name != "the shipped ledger" || !strings.Contains(said.String(), "-ledger -") {
		t.Errorf("got %+v, %v, and %q", in, err, said.String())
	}
}

func TestBankRefusesEachKindOfRow(t *testing.T) {
	t.Parallel()
	p := start(t, nil, "-ledger", file(t, strings.Join([]string{
		"id,from,to,cents,note",
		"1,north-001,south-001,100,fine",
		"2,north-001,south-001,100",
		"3,north-001,south-001,100,\"open",
		"4,north-001,south-001,1e9,",
		"1,north-001,south-001,100,again",
		"5,north-001,north-001,100,",
		"6,north-001,north-201,100,",
		"7,west-001,north-001,100,",
		"8,north-001,south-001,100000001,",
		"9,north-001,south-001,9223372036854775808,",
		"10,north-001,south-200,999900,the reservation must be released",
		"11,south-200,north-001,1,",
		"12,north-001,south-001,1000001,",
		"13,south-001,north-001,50000000,",
		"14,north-001,north-002,999900,all that is left",
	}, "\n")), "-clerks", "1")
	if status := p.wait(); status != exitDone {
		t.Errorf("status %d", status)
	}
	p.has("rows read", "15")
	p.has("applied", "2", "10,000.00", "moved")
	p.has("refused", "13", "each by a typed error from the other process")
	p.has("malformed", "3", "lines 3, 4, 5")
	p.has("duplicate", "1", "line 6")
	p.has("to itself", "1", "line 7")
	p.has("unknown account", "2", "lines 8, 9")
	p.has("over the limit", "2", "lines 10, 11")
	p.has("account closed", "2", "lines 12, 13")
	p.has("overdrawn", "2", "lines 14, 15")
	p.has("no money was made or lost")
}

func TestBankCopesWithLedgersThatAreNone(t *testing.T) {
	t.Parallel()
	random := make([]byte, 100_000)
	for i := range random {
		random[i] = byte(i * i >> 3 * 7)
	}
	for name, text := range map[string]string{
		"empty": "", "a heading": "id,from,to,cents,note\n", "line breaks": "\n\r\n\n", "quotes": strings.Repeat("\"", 99_999),
		"one line": strings.Repeat("x", 3<<20), "bytes": string(random), "UTF-16": "\xff\xfei\x00d\x00,\x00\n\x00",
	} {
		p := start(t, nil, "-ledger", file(t, text))
		if status := p.wait(); status != exitDone {
			t.Errorf("%s: status %d", name, status)
		}
		p.has("applied", "0")
		p.has("no money was made or lost")
	}
}

func TestBankSaysWhatIsWrongWithItsFlags(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"-h"}, exitDone, "usage: bank"},
		{[]string{"-leger", "x.csv"}, exitUsage, "-leger"},
		{[]string{"x.csv"}, exitUsage, `"x.csv" is no flag: name the ledger with -ledger`},
		{[]string{"-clerks", "0"}, exitUsage, "-clerks is 0"},
		{[]string{"-drain", "-1s"}, exitUsage, "-drain is -1s"},
		{[]string{"-clerks", "many"}, exitUsage, "many"},
		{[]string{"-ledger", filepath.Join(t.TempDir(), "none.csv")}, exitFailed, "open the ledger"},
		{[]string{"-south", "nowhere"}, exitFailed, "nowhere"},
	} {
		p := start(t, nil, test.args...)
		if status := p.wait(); status != test.status || !strings.Contains(p.stderr.String(), test.says) {
			t.Errorf("%q: status %d, %s", test.args, status, p.stderr.String())
		}
	}
}

func TestBankReportsALedgerThatCannotBeRead(t *testing.T) {
	t.Parallel()
	p := start(t, nil, "-ledger", t.TempDir()) // a folder
	if status := p.wait(); status != exitFailed {
		t.Errorf("status %d", status)
	}
	p.has("stopped: read the ledger behind line 0")
	p.has("no money was made or lost")
}

func TestNumbersAreGrouped(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1_000: "1,000", -999: "-999", -1_000: "-1,000", math.MaxInt64: "9,223,372,036,854,775,807"} {
		if got := group(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
