package main

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/example/bank/ledger"
)

func TestShippedLedgerIsWhatThisCommandMakes(t *testing.T) {
	t.Parallel()
	shipped, err := io.ReadAll(ledger.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	if made := makeLedger(); made != string(shipped) {
		t.Errorf("ledger.csv is stale: go run ./example/bank/makeledger >example/bank/ledger/ledger.csv (%d bytes made, %d shipped)", len(made), len(shipped))
	}
}

func TestMadeLedgerHasTheRowsItMeansToHave(t *testing.T) {
	t.Parallel()
	r := ledger.NewReader(strings.NewReader(makeLedger()))
	rows, bad := 0, 0
	var lines, quotes, saturated int
	for {
		record, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		rows++
		row, err := ledger.Parse(record)
		if err != nil {
			bad++
			continue
		}
		if !strings.HasPrefix(row.ID, "T") {
			t.Errorf("line %d was cut in the wrong place: %+v", record.Line, row)
		}
		lines += strings.Count(row.Note, "\n")
		quotes += strings.Count(row.Note, `"`)
		if row.Cents == 1<<63-1 {
			saturated++
		}
	}
	if rows != 20_000 || bad != fates[malformed] {
		t.Errorf("%d rows, %d of them malformed", rows, bad)
	}
	if lines < 1_000 || quotes < 1_000 || saturated < 10 {
		t.Errorf("too tame: %d line breaks and %d quotes in notes, %d amounts beyond an int64", lines, quotes, saturated)
	}
}
