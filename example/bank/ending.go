package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"
)

// An ending is what an operator's signals ask for.
type ending struct {
	// asked ends with the first signal: what has been begun is ended, and nothing else is begun.
	asked context.Context
	// kill ends with the second one, or when that takes longer than it may: what has not ended then is killed. The cause says
	// which.
	kill context.Context
}

// notify turns signals into an ending. What they do is told to stderr. The first may take drain; after the second they do what
// they do to any program, so that there is a way out whatever happens.
func notify(drain time.Duration, stderr io.Writer, signals ...os.Signal) (end ending, stop func()) {
	asked, ask := context.WithCancelCause(context.Background())
	kill, killed := context.WithCancelCause(context.Background())
	came := make(chan os.Signal, 2)
	signal.Notify(came, signals...)
	over := make(chan struct{})
	go func() {
		defer signal.Stop(came)
		select {
		case sig := <-came:
			fmt.Fprintf(stderr, "bank: %v: ending what has been begun, within %v; once more kills\n", sig, drain)
			ask(fmt.Errorf("interrupted: %v", sig))
		case <-over:
			return
		}
		timer := time.NewTimer(drain)
		defer timer.Stop()
		select {
		case sig := <-came:
			fmt.Fprintf(stderr, "bank: %v once more: killing what has not ended\n", sig)
			killed(errors.New("the bank was interrupted twice"))
		case <-timer.C:
			fmt.Fprintf(stderr, "bank: %v are over: killing what has not ended\n", drain)
			killed(fmt.Errorf("the bank was interrupted, and has not ended what it had begun within %v", drain))
		case <-over:
		}
	}()
	return ending{asked, kill}, func() { close(over) }
}
