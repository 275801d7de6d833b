package main

import (
	"fmt"
	"os"
	"time"
)

// How often progress is looked at and, where each report is a line of its own, how much must have happened for one.
const (
	tickEvery = 100 * time.Millisecond
	lineEvery = 2 * time.Second
	lineRows  = 5_000
)

// progress shows how far a run has come: on a terminal in one line that it draws again and again, else
// in a line every so often.
type progress struct {
	out      *os.File
	tally    *tally
	terminal bool
	begin    time.Time
	shown    time.Time // when the last line was written
	rows     int       // rows in the last line
}

func newProgress(out *os.File, t *tally) *progress {
	now := time.Now()
	info, err := out.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
	return &progress{out: out, tally: t, terminal: terminal, begin: now, shown: now}
}

// show reports if it is time to.
func (p *progress) show() {
	t, now := p.tally, time.Now()
	if !p.terminal && t.read < p.rows+lineRows && now.Sub(p.shown) < lineEvery {
		return
	}
	line := fmt.Sprintf("bank: %s rows, %s applied, %s refused, %s a second", group(t.read), group(len(t.applied)), group(t.refusals()),
		group(perSecond(t.read, now.Sub(p.begin))))
	if p.terminal {
		fmt.Fprint(p.out, "\r\x1b[K"+line)
	} else {
		fmt.Fprintln(p.out, line)
	}
	p.shown, p.rows = now, t.read
}

// end clears the line that was drawn.
func (p *progress) end() {
	if p.terminal {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
