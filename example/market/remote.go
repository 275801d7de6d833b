package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/actorgen/actorgen/example/market/market"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/remote"
)

// patience is how long it may take to open something, and to end it.
const patience = 10 * time.Second

// remoteName is how the book knows the subscriber in the other process.
const remoteName = "remote"

// A process is the remote subscriber, as the market sees it.
type process struct {
	cmd   *exec.Cmd
	stdin io.Closer
	ended chan struct{} // closed when the process has ended
	how   error         // it did; once ended is closed
}

// startRemote starts this program once more, and waits until it has subscribed to the book at address.
func startRemote(address string) (*process, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("start the remote subscriber: %w", err)
	}
	p := &process{cmd: exec.Command(program, "-remote", address), ended: make(chan struct{})}
	p.cmd.Stderr = os.Stderr
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the remote subscriber: %w", err)
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the remote subscriber: %w", err)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the remote subscriber: %w", err)
	}
	p.stdin = stdin
	late := time.AfterFunc(patience, func() { _ = p.cmd.Process.Kill() })
	_, err = bufio.NewReader(stdout).ReadString('\n')
	late.Stop()
	go func() {
		defer close(p.ended)
		p.how = p.cmd.Wait()
	}()
	if err != nil {
		return nil, fmt.Errorf("the remote subscriber has ended before it had subscribed: %w", errors.Join(p.kill(), p.how))
	}
	return p, nil
}

// kill ends the process at once, as a crash of its machine would. One that has ended already stays as it is.
func (p *process) kill() error {
	err := p.cmd.Process.Kill()
	<-p.ended
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// runRemote is the program in the process that is the remote subscriber. It follows the book until it is killed, or its standard input
// ends: that is a pipe from the market, which the operating system closes however that process ends.
func runRemote(address string, stdin io.Reader, stdout io.Writer, log *slog.Logger) (err error) {
	// A terminal sends them to both processes. The market decides.
	signal.Ignore(os.Interrupt, syscall.SIGTERM)
	proc, err := actor.NewProc("subscriber", actor.WithLogger(log), remote.Enable())
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_, ended := proc.Shutdown(ctx)
		err = errors.Join(err, ended)
	}()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, stdin)
		cancel()
	}()
	book, err := market.BookAt(proc, address)
	if err != nil {
		return err
	}
	// What follows is what a watcher in the book's own process does: a ref is used as a handle is.
	session, err := book.Subscribe(ctx, remoteName, market.Filter{})
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, "subscribed")
	known := market.NewCopy(session.Opening())
	for update, err := range session.All(ctx) {
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
		if !known.Apply(update) {
			return fmt.Errorf("update %d does not follow the one before", update.Number)
		}
	}
	return nil
}
