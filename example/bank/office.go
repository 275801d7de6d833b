package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/actorgen/actorgen/example/bank/bank"
	"github.com/actorgen/actorgen/example/bank/ledger"
)

// An office has a ledger carried out by clerks.
type office struct {
	south    *process
	end      ending
	accounts []bank.Listing // of both branches
	clerks   []*clerk
	tally    tally
}

// open waits for the south, makes the accounts of the north known there, and hires the clerks.
func (o *office) open(accounts []bank.Listing, opened <-chan bank.Branch) error {
	ctx, cancel := context.WithTimeout(o.end.asked, openTime)
	defer cancel()
	var branch bank.Branch
	select {
	case branch = <-opened:
	case <-o.south.gone.Done():
		return fmt.Errorf("open the south: %w", context.Cause(o.south.gone))
	case <-ctx.Done():
		return fmt.Errorf("open the south: %w", ctx.Err())
	}
	if err := branch.Desk.Enroll(ctx, accounts); err != nil {
		return fmt.Errorf("enroll the accounts of the north in the south: %w", err)
	}
	o.accounts = append(accounts, branch.Accounts...)
	refs := make(map[string]bank.Listing, len(o.accounts))
	for _, account := range o.accounts {
		refs[account.Name] = account
	}
	for _, teller := range branch.Tellers {
		o.clerks = append(o.clerks, &clerk{teller: teller, south: o.south, north: o.end.kill, refs: refs})
	}
	return o.tally.audit.begin(ctx, o.accounts)
}

// run has rows carried out, as many at a time as there are clerks, until the ledger ends, an end is asked for or the
// south is gone. Rows that a clerk has begun are ended in any case, well or, when all is to be killed, in doubt.
func (o *office) run(in io.Reader, progress *progress) {
	defer progress.end()
	t := &o.tally
	defer func(begin time.Time) { t.elapsed = time.Since(begin) }(time.Now())
	reading, stopReading := context.WithCancel(context.Background())
	defer stopReading()
	rows := readRows(reading, in)
	work := make(chan ledger.Record)
	defer close(work)
	outcomes := make(chan outcome)
	for _, c := range o.clerks {
		go func() {
			for record := range work {
				outcomes <- c.transfer(record)
			}
		}()
	}
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()

	// One goroutine, this one, knows how far everything is. A channel that is nil is not waited for: so the cases that
	// do not apply now are left out.
	var next *row                 // to be handed out
	ids := make(map[int]string)   // the id of each row that a clerk has, by its line
	busy := make(map[string]bool) // those ids
	gone, interrupt := o.south.gone.Done(), o.end.asked.Done()
	halt := func() { rows, next, gone, interrupt = nil, nil, nil, nil }
	for rows != nil || next != nil || len(ids) > 0 {
		read, hand, record := rows, work, ledger.Record{}
		if next == nil {
			hand = nil
		} else {
			read, record = nil, next.record
			if busy[next.id] { // of several rows with one id the first counts: they are not to meet
				hand = nil
			}
		}
		select {
		case r, more := <-read:
			switch {
			case !more:
				rows = nil
			case r.err != nil:
				rows, t.readErr = nil, r.err
			default:
				next = &r
			}
		case hand <- record:
			t.read++
			t.lastLine = record.Line
			ids[record.Line] = next.id
			if next.id != "" {
				busy[next.id] = true
			}
			next = nil
		case out := <-outcomes:
			delete(busy, ids[out.line])
			delete(ids, out.line)
			t.add(out)
		case <-tick.C:
			progress.show()
		case <-gone:
			halt()
		case <-interrupt:
			t.interrupted = true
			halt()
		}
	}
}

// close has the books audited, and lays down what the clerks and the tellers have done.
func (o *office) close() {
	t := &o.tally
	t.sort()
	t.audit.end(t, o.south.gone)
	for _, c := range o.clerks {
		t.calls.Within += c.calls.Within
		t.calls.Across += c.calls.Across
		ctx, cancel := context.WithTimeout(o.south.gone, patience)
		calls, err := c.teller.Calls(ctx)
		cancel()
		if err != nil { // the teller is gone, and its count with it
			continue
		}
		t.calls.Within += calls.Within
		t.calls.Across += calls.Across
	}
	t.southErr = context.Cause(o.south.gone)
}

// A row is what was read of the ledger: a record, or the error that ended reading.
type row struct {
	record ledger.Record
	id     string // of the transfer; empty if the record is malformed
	err    error
}

// readRows reads rows until the ledger or ctx ends. It closes the channel at the end of the ledger.
func readRows(ctx context.Context, in io.Reader) <-chan row {
	rows := make(chan row)
	go func() {
		defer close(rows)
		r := ledger.NewReader(in)
		for {
			record, err := r.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			next := row{record: record, err: err}
			if parsed, err := ledger.Parse(record); err == nil {
				next.id = parsed.ID
			}
			select {
			case rows <- next:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return rows
}
