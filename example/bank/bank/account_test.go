package bank_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/actorgen/actorgen/example/bank/bank"
)

// The handlers of an Account take a context.Context, so that these tests call them as the methods that they are.

func TestAccountMovesTheMoneyOnceHoweverOftenItIsAsked(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	payer, payee := bank.NewAccount("ann", 100), bank.NewAccount("bob", 0)
	for range 3 {
		if err := payer.Reserve(ctx, "t", 60); err != nil {
			t.Fatal(err)
		}
	}
	if books, _ := payer.Books(ctx); books != (bank.Books{Balance: 40, Reserved: 60}) {
		t.Errorf("reserved: %+v", books)
	}
	for range 3 {
		if err := payee.Deposit(ctx, "t", 60, "rent"); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		if err := payer.Settle(ctx, "t"); err != nil {
			t.Fatal(err)
		}
	}
	if err := payer.Reserve(ctx, "t", 60); err != nil {
		t.Errorf("a reservation that comes after the settlement: %v", err)
	}
	if err := payer.Release(ctx, "t"); err == nil {
		t.Error("released what was paid")
	}
	if books, _ := payer.Books(ctx); books != (bank.Books{Balance: 40}) {
		t.Errorf("the payer: %+v", books)
	}
	if books, _ := payee.Books(ctx); books != (bank.Books{Balance: 60}) {
		t.Errorf("the payee: %+v", books)
	}
	if entry, _ := payee.Find(ctx, "t"); entry != (bank.Entry{State: bank.Deposited, Amount: 60, Note: "rent"}) {
		t.Errorf("the payee has booked %+v", entry)
	}
}

func TestAccountReleasesOnceAndRefusesAReservationThatComesLate(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	payer := bank.NewAccount("ann", 100)
	if err := payer.Reserve(ctx, "t", 60); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := payer.Release(ctx, "t"); err != nil {
			t.Fatal(err)
		}
	}
	if err := payer.Release(ctx, "late"); err != nil {
		t.Fatal(err)
	}
	for _, transfer := range []string{"t", "late"} {
		var none *bank.NotReserved
		if err := payer.Reserve(ctx, transfer, 60); !errors.As(err, &none) || none.ID != transfer || none.Account != "ann" {
			t.Errorf("reserve %s: %v", transfer, err)
		}
		if err := payer.Settle(ctx, transfer); !errors.As(err, &none) {
			t.Errorf("settle %s: %v", transfer, err)
		}
	}
	if books, _ := payer.Books(ctx); books != (bank.Books{Balance: 100}) {
		t.Errorf("the payer: %+v", books)
	}
}

func TestAccountRefuses(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	payer := bank.NewAccount("ann", 100)
	var overdrawn *bank.Overdrawn
	if err := payer.Reserve(ctx, "t", 101); !errors.As(err, &overdrawn) || *overdrawn != (bank.Overdrawn{Account: "ann", Balance: 100, Asked: 101}) {
		t.Errorf("overdraw: %v", err)
	}
	if err := payer.Reserve(ctx, "t", 100); err != nil {
		t.Errorf("what was refused once may be asked for again: %v", err)
	}
	if err := payer.Reserve(ctx, "u", 1); !errors.As(err, &overdrawn) {
		t.Errorf("what is set aside is not free: %v", err)
	}
	for _, amount := range []bank.Money{0, -1, math.MinInt64} {
		if payer.Reserve(ctx, "v", amount) == nil || payer.Deposit(ctx, "v", amount, "") == nil {
			t.Errorf("took %v", amount)
		}
	}
	if payer.Deposit(ctx, "t", 1, "") == nil {
		t.Error("the payer of a transfer was made its payee")
	}
	if payer.Deposit(ctx, "v", math.MaxInt64-99, "") == nil {
		t.Error("took more than fits, with what is set aside")
	}
	if err := payer.Deposit(ctx, "v", math.MaxInt64-100, ""); err != nil {
		t.Error(err)
	}
	if payer.Reserve(ctx, "v", 1) == nil || payer.Release(ctx, "v") == nil {
		t.Error("the payee of a transfer was made its payer")
	}
	closed := bank.NewClosedAccount("cleo")
	if err := closed.Reserve(ctx, "t", 1); !errors.Is(err, bank.ErrClosed) {
		t.Errorf("pay: %v", err)
	}
	if err := closed.Deposit(ctx, "t", 1, ""); !errors.Is(err, bank.ErrClosed) {
		t.Errorf("be paid: %v", err)
	}
}

// Whatever is asked in whatever order, an account owns what it opened with, and what it was paid, less what it paid.
func TestAccountNeverMakesOrLosesMoney(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for seed := range uint64(50) {
		dice := rand.New(rand.NewPCG(seed, 1))
		account := bank.NewAccount("ann", 1_000)
		for range 400 {
			transfer := string(rune('a' + dice.IntN(20)))
			amount := bank.Money(dice.IntN(300) + 1)
			switch dice.IntN(4) { // refusals are part of it
			case 0:
				_ = account.Reserve(ctx, transfer, amount)
			case 1:
				_ = account.Settle(ctx, transfer)
			case 2:
				_ = account.Release(ctx, transfer)
			case 3:
				_ = account.Deposit(ctx, transfer, amount, "")
			}
			total, reserved := bank.Money(1_000), bank.Money(0)
			for id := 'a'; id < 'a'+20; id++ {
				switch entry, _ := account.Find(ctx, string(id)); entry.State {
				case bank.Settled:
					total -= entry.Amount
				case bank.Deposited:
					total += entry.Amount
				case bank.Reserved:
					reserved += entry.Amount
				}
			}
			if books, _ := account.Books(ctx); books.Total() != total || books.Reserved != reserved || books.Balance < 0 {
				t.Fatalf("seed %d: %+v, want %v in all and %v reserved", seed, books, total, reserved)
			}
		}
	}
}

func TestMoneyIsWrittenWithCentsAndThousands(t *testing.T) {
	t.Parallel()
	for money, want := range map[bank.Money]string{
		0: "0.00", 5: "0.05", -5: "-0.05", 99: "0.99", 100: "1.00", 12_345: "123.45", 123_456: "1,234.56", -100_000: "-1,000.00",
		math.MaxInt64: "92,233,720,368,547,758.07", math.MinInt64: "-92,233,720,368,547,758.08",
	} {
		if got := money.String(); got != want {
			t.Errorf("%d: %s, want %s", int64(money), got, want)
		}
	}
}
