package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/actorgen/actorgen/example/bank/ledger"
)

// pipeSilence is how long a pipe may say nothing before the shipped ledger is read in its place. Programs that
// start others often leave them a pipe into which nobody writes.
const pipeSilence = time.Second

// A source is where a ledger comes from.
type source struct {
	io.Reader
	io.Closer
	name string
}

// openLedger opens the ledger of that name: a file, or "-" for standard input. Without a name it takes what is piped
// in, if anything is, and the shipped ledger if not.
func openLedger(name string, stdin *os.File, stderr io.Writer) (*source, error) {
	switch name {
	case "-":
		return &source{Reader: stdin, Closer: stdin, name: "standard input"}, nil
	case "":
	default:
		file, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("open the ledger: %w", err)
		}
		return &source{Reader: file, Closer: file, name: name}, nil
	}
	shipped := &source{Reader: ledger.Shipped(), Closer: io.NopCloser(nil), name: "the shipped ledger"}
	info, err := stdin.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice != 0 { // closed; a terminal, or the null device
		return shipped, nil
	}
	in := bufio.NewReader(stdin)
	peeked := make(chan error, 1)
	go func() {
		_, err := in.Peek(1)
		peeked <- err
	}()
	select {
	case err := <-peeked:
		switch {
		case err == nil:
			return &source{Reader: in, Closer: stdin, name: "standard input"}, nil
		case !errors.Is(err, io.EOF):
			return nil, fmt.Errorf("read the ledger from standard input: %w", err)
		}
	case <-time.After(pipeSilence):
		fmt.Fprintln(stderr, "bank: nothing comes through standard input: reading the shipped ledger (-ledger - waits)")
	}
	return shipped, nil
}
