// Command bank moves money between accounts that live in two processes.
//
//	go run ./example/bank                    # the shipped ledger of 20,000 rows
//	go run ./example/bank -ledger my.csv     # or another one: id,from,to,cents,note
//	cat my.csv | go run ./example/bank
//
// It shows what actorgen is for. Accounts are ordinary structs (package bank, in the folder of that name) whose
// methods are annotated as handlers; the generator has made the typed handles and refs through which they are called.
// Half of the accounts live in this process, the north; the other half in the south, which is this same program,
// started once more by the first one. To the code that moves money the two are alike: a ref is called in the same way
// wherever its account lives, and a refusal is the same error type that the handler returned.
//
// Where to read on:
//
//	bank/account.go  an actor: state, handlers, errors
//	bank/teller.go   an actor that calls other actors
//	bank/branch.go   how actors are started
//	clerk.go         how a transfer is carried out, and what becomes of it when a process dies
//	north.go         the process that reads the ledger
//	south.go         the process that it starts
//
// The program ends with status 0 if every row was applied or refused and the books agree, with 1 if not, with 2 for
// flags that it does not understand, with 130 if it was interrupted and has ended what it had begun, and with 137 if that took too long,
// or it was interrupted once more, so that it killed what had not ended.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"syscall"
	"time"
)

//go:generate go run github.com/actorgen/actorgen/cmd/actorgen ./...

// The statuses with which the program ends.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130 // as shells have it
	exitKilled      = 137 // as if by SIGKILL
)

// maxClerks bounds the flag of that name.
const maxClerks = 1024

// settings is what the flags say.
type settings struct {
	ledger string        // a file, "-" for standard input, or empty to choose
	clerks int           // how many transfers are carried out at a time
	lines  int           // how many line numbers the report gives for each reason; negative for all
	drain  time.Duration // how long it may take to end what has been begun, after a signal
	south  string        // where to report, in the process that is the south
}

func main() {
	os.Exit(run(os.Args[1:]))
}

// run is the program. It returns the status to end with.
func run(args []string) int {
	set, err := parse(args, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitDone
	case err != nil:
		return exitUsage
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if set.south != "" {
		if err := runSouth(set, log); err != nil {
			fmt.Fprintln(os.Stderr, "bank: the south:", err)
			return exitFailed
		}
		return exitDone
	}
	end, stop := notify(set.drain, os.Stderr, os.Interrupt, syscall.SIGTERM)
	defer stop()
	in, err := openLedger(set.ledger, os.Stdin, os.Stderr)
	if err == nil {
		defer in.Close()
		var status int
		if status, err = runNorth(end, set, in, os.Stdout, os.Stderr, log); err == nil {
			return status
		}
	}
	fmt.Fprintln(os.Stderr, "bank:", err)
	if errors.Is(err, errNotOpened) {
		return exitInterrupted
	}
	return exitFailed
}

// parse reads the flags. It has told stderr what is wrong with them if it returns an error.
func parse(args []string, stderr io.Writer) (settings, error) {
	var set settings
	flags := flag.NewFlagSet("bank", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&set.ledger, "ledger", "", "the `file` to read; - is standard input; if left out, what is piped in,\nor else the shipped ledger")
	flags.IntVar(&set.clerks, "clerks", 64, "how many transfers are carried out at a time")
	flags.IntVar(&set.lines, "lines", 8, "how many line numbers are shown for each reason to refuse; -1 shows all")
	flags.DurationVar(&set.drain, "drain", 10*time.Second, "how `long` an interrupted bank may take to end what it has begun;\nthen, or at the second signal, it kills what is left")
	flags.StringVar(&set.south, "south", "", "what the bank tells the process that it starts: the `address` to report at")
	flags.Usage = func() {
		fmt.Fprint(stderr, "usage: bank [flags]\n\nMoves money between accounts in two processes, as a ledger (CSV: id,from,to,cents,note) asks.\n\n")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return set, err
	}
	var err error
	switch {
	case flags.NArg() > 0:
		err = fmt.Errorf("%q is no flag: name the ledger with -ledger", flags.Arg(0))
	case set.clerks < 1 || set.clerks > maxClerks:
		err = fmt.Errorf("-clerks is %d: choose from 1 to %d", set.clerks, maxClerks)
	case set.drain < 0:
		err = fmt.Errorf("-drain is %v: it cannot be negative", set.drain)
	}
	if err != nil {
		fmt.Fprintln(stderr, "bank:", err)
		fmt.Fprintln(stderr, `"bank -h" lists the flags`)
	}
	return set, err
}
