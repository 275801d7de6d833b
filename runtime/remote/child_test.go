package remote_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/internal/sample"
	"github.com/actorgen/actorgen/runtime/remote"
)

// The test binary is its own second process: with this variable set it serves what the variable says.
const childVariable = "ACTORGEN_REMOTE_CHILD"

func TestMain(m *testing.M) {
	if role := os.Getenv(childVariable); role != "" {
		if err := serveChild(role); err != nil {
			fmt.Fprintln(os.Stderr, "child:", err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	if left := leaked(); len(left) > 0 {
		fmt.Fprintf(os.Stderr, "%d goroutines are left behind, the first: %s\n", len(left), left[0])
		code = 1
	}
	os.Exit(code)
}

// serveChild does what role says, "proc <url>" or "raw <network> <address>", prints where it listens, and ends with its
// standard input.
func serveChild(role string) error {
	what, where, _ := strings.Cut(role, " ")
	switch what {
	case "proc":
		p, err := actor.NewProc("child", actor.WithLogger(quiet), remote.Listen(where))
		if err != nil {
			return err
		}
		if _, err := spawnTally(p, "tally"); err != nil {
			return err
		}
		fmt.Println(p.Address())
		io.Copy(io.Discard, os.Stdin)
		_, err = p.Shutdown(context.Background())
		return err
	case "raw":
		network, address, _ := strings.Cut(where, " ")
		ln, err := net.Listen(network, address)
		if err != nil {
			return err
		}
		fmt.Println(ln.Addr())
		go serveRaw(ln)
		io.Copy(io.Discard, os.Stdin)
		return ln.Close()
	}
	return errors.New("no such role: " + role)
}

// quiet logs nothing.
var quiet = slog.New(slog.DiscardHandler)

// startChild starts the second process, and returns the process and what it printed. It ends with the test.
func startChild(tb testing.TB, role string) (*exec.Cmd, string) {
	tb.Helper()
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childVariable+"="+role)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		tb.Fatal("the child did not say where it listens: ", err)
	}
	return cmd, strings.TrimSpace(line)
}

// A tally counts what it handles, and keeps nothing.
type tally struct {
	sample.Counter
	handled atomic.Int64
}

func (c *tally) Add(*actor.Context, int64)                              { c.handled.Add(1) }
func (c *tally) Note(_ *actor.Context, text string)                     { c.handled.Add(1) }
func (c *tally) Move(context.Context, string, string, int64) error      { c.handled.Add(1); return nil }
func (c *tally) Load(*actor.Context, sample.Big)                        { c.handled.Add(1) }
func (c *tally) Deposit(context.Context, int64, string) (int64, error)  { return c.handled.Add(1), nil }
func (c *tally) Total(context.Context) (int64, error)                   { return c.handled.Load(), nil }
func (c *tally) Each(*actor.Context, func(string))                      {}
func (c *tally) Meet(ctx *actor.Context, other sample.CounterRef) error { return nil }

func spawnTally(p *actor.Proc, name string) (sample.CounterHandle, error) {
	return sample.SpawnCounterAs(p, name, func() sample.CounterBehavior { return new(tally) },
		actor.MailboxSize(2*window))
}

// window is how many casts a benchmark sends before it makes sure that they were handled: a mailbox is bounded, and
// casts for a full one come back.
const window = 1 << 17
