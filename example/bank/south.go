package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/actorgen/actorgen/example/bank/bank"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/remote"
)

// openTime is how long it may take to open the bank, and how long to close it.
const openTime = 10 * time.Second

// runSouth is the program in the process that another one has started. It opens a branch, reports it at the
// address it was given, and serves until its standard input ends: that is a pipe from the other process, and the
// operating system closes it however that process ends.
func runSouth(set settings, log *slog.Logger) (err error) {
	// A terminal, or a service manager, sends them to both processes. The north decides.
	signal.Ignore(os.Interrupt, syscall.SIGTERM)
	proc, err := actor.NewProc(bank.South, actor.WithLogger(log), remote.Enable())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shutdown(context.Background(), proc, os.Stderr)) }()
	ctx, cancel := context.WithTimeout(context.Background(), openTime)
	defer cancel()
	branch, err := bank.OpenBranch(ctx, proc, set.clerks)
	if err != nil {
		return err
	}
	lobby, err := bank.LobbyAt(proc, set.south)
	if err != nil {
		return err
	}
	if err := lobby.Open(ctx, branch); err != nil {
		return fmt.Errorf("report at %s: %w", set.south, err)
	}
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return fmt.Errorf("wait for the end of the bank: %w", err)
	}
	return nil
}

// shutdown ends a proc: its actors handle what they have been sent, and the other side is told. What has not ended within openTime, or
// when kill ends, is killed; stderr gets the report.
func shutdown(kill context.Context, proc *actor.Proc, stderr io.Writer) error {
	ctx, cancel := context.WithTimeout(kill, openTime)
	defer cancel()
	report, err := proc.Shutdown(ctx)
	fmt.Fprintf(stderr, "bank: the %s is closed: %v\n", proc.Name(), report)
	if err != nil && kill.Err() == nil {
		return fmt.Errorf("close the %s: %w", proc.Name(), err)
	}
	return nil // also if it was to kill
}
