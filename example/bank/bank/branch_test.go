package bank_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/actorgen/actorgen/example/bank/bank"
	"github.com/actorgen/actorgen/example/bank/ledger"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/remote"
)

// newProc opens a proc that is shut down with the test.
func newProc(t *testing.T, name string, opts ...actor.ProcOption) *actor.Proc {
	t.Helper()
	proc, err := actor.NewProc(name, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if _, err := proc.Shutdown(ctx); err != nil {
			t.Errorf("shut down the %s: %v", name, err)
		}
	})
	return proc
}

// newBank opens both branches as the program does, but as two procs in one process: nothing else is different.
// It returns the south, as the north has heard of it.
func newBank(t *testing.T) bank.Branch {
	t.Helper()
	ctx := t.Context()
	north := newProc(t, bank.North, remote.Listen("tcp://127.0.0.1:0"))
	accounts, err := bank.OpenAccounts(north)
	if err != nil {
		t.Fatal(err)
	}
	opened := make(chan bank.Branch, 1)
	hall, err := bank.SpawnLobby(north, "lobby", func() *bank.Lobby { return bank.NewLobby(opened) })
	if err != nil {
		t.Fatal(err)
	}
	south := newProc(t, bank.South, remote.Enable())
	branch, err := bank.OpenBranch(ctx, south, 2)
	if err != nil {
		t.Fatal(err)
	}
	lobby, err := bank.LobbyAt(south, hall.Actor().Address())
	if err != nil {
		t.Fatal(err)
	}
	if err := lobby.Open(ctx, branch); err != nil {
		t.Fatal(err)
	}
	if err := lobby.Open(ctx, branch); err == nil {
		t.Error("the lobby took a second branch")
	}
	heard := <-opened
	if err := heard.Desk.Enroll(ctx, accounts); err != nil {
		t.Fatal(err)
	}
	return heard
}

func TestRefsInAMessageReachWhomTheyName(t *testing.T) {
	t.Parallel()
	south := newBank(t)
	if south.Name != bank.South || len(south.Accounts) != bank.AccountsPerBranch || len(south.Tellers) != 2 {
		t.Fatalf("%s has %d accounts and %d tellers", south.Name, len(south.Accounts), len(south.Tellers))
	}
	for i, account := range south.Accounts {
		want := bank.Books{Balance: bank.Opening}
		if i >= bank.AccountsPerBranch-bank.ClosedAccounts {
			want = bank.Books{}
		}
		books, err := account.Account.Books(t.Context())
		if err != nil || books != want || account.Name != fmt.Sprintf("south-%03d", i+1) || account.Branch != bank.South {
			t.Errorf("%s in the %s has %+v, %v", account.Name, account.Branch, books, err)
		}
	}
}

func TestMoneyMovesInEveryDirection(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	teller := newBank(t).Tellers[0]
	for i, way := range [][2]string{{"north", "south"}, {"south", "north"}, {"north", "north"}, {"south", "south"}} {
		text := fmt.Sprintf("t-%d,%s-001,%s-002,500,rent", i, way[0], way[1])
		order, err := teller.Accept(ctx, ledger.Record{Line: i + 1, Text: text})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		before, err := order.To.Account.Books(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := order.To.Account.Deposit(ctx, order.ID, order.Amount, order.Note); err != nil {
			t.Errorf("%s: deposit: %v", text, err)
		}
		if err := order.From.Account.Settle(ctx, order.ID); err != nil {
			t.Errorf("%s: settle: %v", text, err)
		}
		after, err := order.To.Account.Books(ctx)
		if err != nil || after.Balance != before.Balance+500 {
			t.Errorf("%s: %v became %v, %v", text, before, after, err)
		}
	}
	calls, err := teller.Calls(ctx)
	if err != nil || calls != (bank.Calls{Within: 6, Across: 2}) {
		t.Errorf("the teller has made %+v, %v", calls, err)
	}
}

func TestRefusalsKeepTheirTypesFromProcToProc(t *testing.T) {
	t.Parallel()
	teller := newBank(t).Tellers[0]
	refuse := func(text string) error {
		_, err := teller.Accept(t.Context(), ledger.Record{Line: 9, Text: text})
		return err
	}
	var malformed *ledger.Malformed
	if err := refuse("t,north-001"); !errors.As(err, &malformed) || malformed.Line != 9 {
		t.Errorf("malformed: %v", err)
	}
	var unknown *bank.UnknownAccount
	if err := refuse("t-1,north-001,west-001,5,"); !errors.As(err, &unknown) || unknown.Account != "west-001" {
		t.Errorf("unknown: %v", err)
	}
	if err := refuse("t-2,south-200,north-001,5,"); !errors.Is(err, bank.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	for branch, path := range map[string][]string{"south": {"south"}, "north": {"north", "south"}} {
		err := refuse("t-" + branch + "," + branch + "-001,south-002,1000001,")
		var overdrawn *bank.Overdrawn
		if want := (bank.Overdrawn{Account: branch + "-001", Balance: bank.Opening, Asked: 10_000_01}); !errors.As(err, &overdrawn) || *overdrawn != want {
			t.Errorf("overdrawn: %v", err)
		}
		var e *actor.Error
		if !errors.As(err, &e) || !slices.Equal(e.Path, path) {
			t.Errorf("a refusal of the %s came by %+v", branch, e)
		}
	}
}
