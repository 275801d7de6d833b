package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/example/bank/bank"
	"github.com/actorgen/actorgen/example/bank/bank/banktest"
	"github.com/actorgen/actorgen/example/bank/ledger"
	"github.com/actorgen/actorgen/runtime/actor"
)

var errLost = actor.NewError(actor.CodeUnreachable, "the link was lost", nil)

// A clerkTest is a clerk with ann, who is in the north and has 100, and bob, who is in the south and has nothing. All of
// it is in one proc: where an account lives makes no difference to the clerk but for what he does when the
// south is gone.
type clerkTest struct {
	*clerk
	proc     *actor.Proc
	teller   *banktest.Teller
	ann, bob *bank.Account
	payee    *banktest.Account // in front of bob
}

func newClerkTest(t *testing.T) *clerkTest {
	t.Helper()
	proc, err := actor.NewProc("test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { proc.Close() })
	c := &clerkTest{clerk: new(clerk), proc: proc, ann: bank.NewAccount("ann", 100), bob: bank.NewAccount("bob", 0)}
	c.south, c.north = new(process), context.Background()
	c.south.gone, c.south.lose = context.WithCancelCause(context.Background())
	c.payee = &banktest.Account{OnDeposit: c.bob.Deposit}
	ann, err := bank.SpawnAccount(proc, "ann", func() *bank.Account { return c.ann })
	if err != nil {
		t.Fatal(err)
	}
	bob, err := c.payee.Spawn(proc, "bob")
	if err != nil {
		t.Fatal(err)
	}
	c.refs = map[string]bank.Listing{
		"ann": {Name: "ann", Branch: bank.North, Account: ann.Ref()},
		"bob": {Name: "bob", Branch: bank.South, Account: bob.Ref()},
	}
	c.teller = &banktest.Teller{OnAccept: c.accept}
	teller, err := c.teller.Spawn(proc, "teller")
	if err != nil {
		t.Fatal(err)
	}
	c.clerk.teller = teller
	return c
}

func (c *clerkTest) accept(ctx *actor.Context, record ledger.Record) (bank.Order, error) {
	row, err := ledger.Parse(record)
	if err != nil {
		return bank.Order{}, err
	}
	order := bank.Order{ID: row.ID, From: c.refs[row.From], To: c.refs[row.To], Amount: bank.Money(row.Cents)}
	return order, order.From.Account.Reserve(ctx, order.ID, order.Amount)
}

// owns checks what the two accounts own.
func (c *clerkTest) owns(t *testing.T, ann, bob bank.Books) {
	t.Helper()
	got, err := c.refs["ann"].Account.Books(context.Background())
	if err != nil || got != ann {
		t.Errorf("ann has %+v, %v; want %+v", got, err, ann)
	}
	if got, _ := c.bob.Books(context.Background()); got != bob {
		t.Errorf("bob has %+v, want %+v", got, bob)
	}
}

var rent = ledger.Record{Line: 7, Text: "t,ann,bob,60,rent"}

func TestClerkAppliesARow(t *testing.T) {
	t.Parallel()
	c := newClerkTest(t)
	if out := c.transfer(rent); out.fate != applied || out.line != 7 || out.order.Amount != 60 || out.err != nil {
		t.Errorf("got %+v", out)
	}
	c.owns(t, bank.Books{Balance: 40}, bank.Books{Balance: 60})
	if c.calls != (bank.Calls{Within: 1, Across: 2}) {
		t.Errorf("made %+v", c.calls)
	}
}

func TestClerkAsksAgainWhenAnAnswerIsLostAndNothingMovesTwice(t *testing.T) {
	t.Parallel()
	c := newClerkTest(t)
	accepts, deposits := 0, 0
	c.teller.OnAccept = func(ctx *actor.Context, record ledger.Record) (bank.Order, error) {
		order, err := c.accept(ctx, record)
		if accepts++; accepts == 1 {
			return bank.Order{}, errLost
		}
		return order, err
	}
	c.payee.OnDeposit = func(ctx context.Context, transfer string, amount bank.Money, note string) error {
		err := c.bob.Deposit(ctx, transfer, amount, note)
		if deposits++; deposits == 1 {
			return errLost
		}
		return err
	}
	if out := c.transfer(rent); out.fate != applied || accepts != 2 || deposits != 2 {
		t.Errorf("got %+v after %d and %d attempts", out, accepts, deposits)
	}
	c.owns(t, bank.Books{Balance: 40}, bank.Books{Balance: 60})
}

func TestClerkGivesThePayerTheMoneyBackWhenThePayeeRefuses(t *testing.T) {
	t.Parallel()
	c := newClerkTest(t)
	closed := bank.NewClosedAccount("bob")
	c.payee.OnDeposit = closed.Deposit
	if out := c.transfer(rent); out.fate != refused || out.reason != accountClosed || !errors.Is(out.err, bank.ErrClosed) {
		t.Errorf("got %+v", out)
	}
	c.owns(t, bank.Books{Balance: 100}, bank.Books{})
}

func TestClerkLeavesARowInDoubtWhenThePayeeIsGone(t *testing.T) {
	t.Parallel()
	c := newClerkTest(t)
	c.payee.OnDeposit = func(context.Context, string, bank.Money, string) error {
		c.south.lose(errors.New("the process has died"))
		return errLost
	}
	if out := c.transfer(rent); out.fate != inDoubt || !strings.Contains(out.err.Error(), "whether the payee was paid is unknown: the process has died") {
		t.Errorf("got %+v", out)
	}
	c.owns(t, bank.Books{Balance: 40, Reserved: 60}, bank.Books{})
}

func TestClerkLeavesARowInDoubtWhenThePayeeFails(t *testing.T) {
	t.Parallel()
	c := newClerkTest(t)
	c.payee.OnDeposit = func(context.Context, string, bank.Money, string) error { panic("out of ink") }
	if out := c.transfer(rent); out.fate != inDoubt || !strings.Contains(out.err.Error(), "out of ink") {
		t.Errorf("got %+v", out)
	}
	c.owns(t, bank.Books{Balance: 40, Reserved: 60}, bank.Books{})
}

func TestClerkLeavesARowInDoubtWhenThePayerIsGone(t *testing.T) {
	t.Parallel()
	c := newClerkTest(t)
	payer := &banktest.Account{
		OnReserve: func(context.Context, string, bank.Money) error { return nil },
		OnSettle: func(context.Context, string) error {
			c.south.lose(errors.New("the process has died"))
			return errLost
		},
	}
	cleo, err := payer.Spawn(c.proc, "cleo")
	if err != nil {
		t.Fatal(err)
	}
	c.refs["cleo"] = bank.Listing{Name: "cleo", Branch: bank.South, Account: cleo.Ref()}
	out := c.transfer(ledger.Record{Line: 7, Text: "t,cleo,bob,60,rent"})
	if out.fate != inDoubt || !strings.Contains(out.err.Error(), "the payee was paid") {
		t.Errorf("got %+v", out)
	}
	c.owns(t, bank.Books{Balance: 100}, bank.Books{Balance: 60})
}

func TestClerkCallsOffWhatNoTellerAnswered(t *testing.T) {
	t.Parallel()
	for name, reserves := range map[string]bool{"before the reservation": false, "after the reservation": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClerkTest(t)
			c.teller.OnAccept = func(ctx *actor.Context, record ledger.Record) (bank.Order, error) {
				if reserves {
					if _, err := c.accept(ctx, record); err != nil {
						t.Error(err)
					}
				}
				c.south.lose(errors.New("the process has died"))
				return bank.Order{}, errLost
			}
			if out := c.transfer(rent); out.fate != notDone || !strings.Contains(out.err.Error(), "the process has died") {
				t.Errorf("got %+v", out)
			}
			c.owns(t, bank.Books{Balance: 100}, bank.Books{})
			late := c.refs["ann"].Account.Reserve(context.Background(), "t", 60)
			if none := (*bank.NotReserved)(nil); !errors.As(late, &none) {
				t.Errorf("a reservation that comes late: %v", late)
			}
		})
	}
}

func TestClerkDoesNotMistakeOtherErrorsForRefusals(t *testing.T) {
	t.Parallel()
	c := newClerkTest(t)
	c.teller.OnAccept = func(*actor.Context, ledger.Record) (bank.Order, error) {
		return bank.Order{}, errors.New("out of ink")
	}
	if out := c.transfer(rent); out.fate != notDone || !strings.Contains(out.err.Error(), "out of ink") {
		t.Errorf("got %+v", out)
	}
	c.owns(t, bank.Books{Balance: 100}, bank.Books{})
}
