package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/actorgen/actorgen/example/bank/bank"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/remote"
)

// errNotOpened is why a bank has not opened that was interrupted before.
var errNotOpened = errors.New("interrupted before the bank was open")

// runNorth is the program in the process that was started by hand: it opens its half of the bank, starts the south,
// has the ledger carried out, and reports to out. It returns the status for the program to end with, or an error if the
// bank could not open.
func runNorth(end ending, set settings, in *source, out io.Writer, progress *os.File, log *slog.Logger) (status int, err error) {
	proc, err := actor.NewProc(bank.North, actor.WithLogger(log), remote.Listen("tcp://127.0.0.1:0"))
	if err != nil {
		return 0, fmt.Errorf("open the north: %w", err)
	}
	defer func() {
		if err = errors.Join(err, shutdown(end.kill, proc, progress)); end.kill.Err() != nil && err == nil {
			status = exitKilled
		}
	}()
	accounts, err := bank.OpenAccounts(proc)
	if err != nil {
		return 0, err
	}
	opened := make(chan bank.Branch, 1)
	lobby, err := bank.SpawnLobby(proc, "lobby", func() *bank.Lobby { return bank.NewLobby(opened) })
	if err != nil {
		return 0, err
	}
	south, err := startSouth(lobby.Actor().Address(), set.clerks, progress)
	if err != nil {
		return 0, err
	}
	defer func() {
		if ended := south.stop(openTime); ended != nil && err == nil && status == exitDone {
			err = errors.Join(err, fmt.Errorf("close the south: %w", ended))
		}
	}()
	defer context.AfterFunc(end.kill, func() { south.lose(context.Cause(end.kill)) })()
	fmt.Fprintf(progress, "bank: the south is process %d\n", south.cmd.Process.Pid)

	office := &office{south: south, end: end, tally: tally{source: in.name, clerks: set.clerks}}
	if err := office.open(accounts, opened); err != nil {
		if end.asked.Err() != nil {
			return 0, fmt.Errorf("%w: %w", errNotOpened, err)
		}
		return 0, err
	}
	office.run(in, newProgress(progress, &office.tally))
	office.close()
	return office.tally.status(), office.tally.report(out, set.lines)
}
