package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestRowsEndWithTheLedger(t *testing.T) {
	t.Parallel()
	var ids []string
	for r := range readRows(context.Background(), strings.NewReader("1,a,b,5,x\nmalformed\n3,a,b,5,x\n")) {
		if r.err != nil {
			t.Fatal(r.err)
		}
		ids = append(ids, r.id)
	}
	if got := strings.Join(ids, "|"); got != "1||3" {
		t.Errorf("got %s", got)
	}
}

func TestRowsEndWithAnErrorOfTheReader(t *testing.T) {
	t.Parallel()
	cause := errors.New("the disk is on fire")
	var last row
	n := 0
	for last = range readRows(context.Background(), io.MultiReader(strings.NewReader("1,a,b,5,x\n"), iotest.ErrReader(cause))) {
		n++
	}
	if n != 2 || !errors.Is(last.err, cause) {
		t.Errorf("%d rows, then %v", n, last.err)
	}
}

func TestRowsEndWhenNobodyWantsThem(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	rows := readRows(ctx, strings.NewReader("1,a,b,5,x\n2,a,b,5,x\n3,a,b,5,x\n"))
	<-rows
	cancel()
	for range rows { // at most those that were on their way
	}
}
