package bank_test

import (
	"context"
	"errors"
	"testing"

	"github.com/actorgen/actorgen/example/bank/bank"
	"github.com/actorgen/actorgen/example/bank/ledger"
)

func newDesk(t *testing.T) *bank.Desk {
	t.Helper()
	desk := bank.NewDesk(1_000)
	err := desk.Enroll(context.Background(), []bank.Listing{{Name: "ann", Branch: bank.North}, {Name: "bob", Branch: bank.South}})
	if err != nil {
		t.Fatal(err)
	}
	return desk
}

func TestDeskFindsTheOrderInARecord(t *testing.T) {
	t.Parallel()
	desk := newDesk(t)
	record := ledger.Record{Line: 7, Text: `t-1,ann,bob,1000,"rent, heating"`}
	want := bank.Order{
		ID: "t-1", Amount: 1_000, Note: "rent, heating",
		From: bank.Listing{Name: "ann", Branch: bank.North}, To: bank.Listing{Name: "bob", Branch: bank.South},
	}
	for range 2 { // it may be asked again
		if order, err := desk.Check(context.Background(), record); err != nil || order != want {
			t.Errorf("got %+v, %v", order, err)
		}
	}
}

func TestDeskRefuses(t *testing.T) {
	t.Parallel()
	desk := newDesk(t)
	check := func(line int, text string) error {
		_, err := desk.Check(context.Background(), ledger.Record{Line: line, Text: text})
		return err
	}
	var malformed *ledger.Malformed
	if err := check(1, "t-1,ann,bob,12.50,"); !errors.As(err, &malformed) || malformed.Line != 1 {
		t.Errorf("malformed: %v", err)
	}
	var self *bank.SelfTransfer
	if err := check(2, "t-2,ann,ann,5,"); !errors.As(err, &self) || self.Account != "ann" {
		t.Errorf("to itself: %v", err)
	}
	var unknown *bank.UnknownAccount
	if err := check(3, "t-3,Ann,bob,5,"); !errors.As(err, &unknown) || unknown.Account != "Ann" {
		t.Errorf("from nobody: %v", err)
	}
	if err := check(4, "t-4,ann,bob ,5,"); !errors.As(err, &unknown) || unknown.Account != "bob " {
		t.Errorf("to nobody: %v", err)
	}
	var limit *bank.OverLimit
	if err := check(5, "t-5,ann,bob,1001,"); !errors.As(err, &limit) || *limit != (bank.OverLimit{Asked: 1_001, Limit: 1_000}) {
		t.Errorf("over the limit: %v", err)
	}
	if err := check(6, "t-6,ann,bob,99999999999999999999,"); !errors.As(err, &limit) || limit.Asked <= 0 {
		t.Errorf("beyond an int64: %v", err)
	}
	var duplicate *bank.Duplicate
	if err := check(7, "t-6,ann,bob,5,"); !errors.As(err, &duplicate) || *duplicate != (bank.Duplicate{ID: "t-6", First: 6}) {
		t.Errorf("an id that is taken: %v", err)
	}
	if err := check(8, "t-1,ann,bob,5,"); err != nil {
		t.Errorf("an id that only a malformed row has had: %v", err)
	}
}
