package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// A process is the south, as the north sees it.
type process struct {
	cmd   *exec.Cmd
	stdin io.Closer
	done  chan struct{} // closed when the process has ended
	end   error         // how, once done is closed

	// gone ends when the south cannot be asked any more. Its cause says why.
	gone context.Context
	lose context.CancelCauseFunc
}

// startSouth starts this program once more, as the south that reports at address.
func startSouth(address string, clerks int, stderr *os.File) (*process, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("start the south: %w", err)
	}
	cmd := exec.Command(program, "-south", address, "-clerks", strconv.Itoa(clerks))
	cmd.Stderr = stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the south: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the south: %w", err)
	}
	p := &process{cmd: cmd, stdin: stdin, done: make(chan struct{})}
	p.gone, p.lose = context.WithCancelCause(context.Background())
	go func() {
		defer close(p.done)
		p.end = cmd.Wait()
		how := "exit status 0"
		if p.end != nil {
			how = p.end.Error()
		}
		p.lose(fmt.Errorf("the process of the south ended: %s", how))
	}()
	return p, nil
}

// stop ends the process: by the end of its standard input or, if that takes longer than patience, by force.
// One that was given up has had its time.
func (p *process) stop(patience time.Duration) error {
	if p.gone.Err() != nil {
		patience = 0
	}
	p.lose(errors.New("the bank is closing"))
	_ = p.stdin.Close() // an error means that it is closed already
	if patience > 0 {
		select {
		case <-p.done:
			return p.end
		case <-time.After(patience):
		}
	}
	err := p.cmd.Process.Kill()
	<-p.done
	if patience == 0 {
		return p.end
	}
	return errors.Join(fmt.Errorf("the south did not end within %v and was killed", patience), err)
}
