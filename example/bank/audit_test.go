package main

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/actorgen/actorgen/example/bank/bank"
	"github.com/actorgen/actorgen/runtime/actor"
)

// An auditTest is a bank of two accounts in the north, with the tally of a run in which ann has paid bob.
type auditTest struct {
	tally
	ann, bob bank.AccountHandle
}

func newAuditTest(t *testing.T) *auditTest {
	t.Helper()
	proc, err := actor.NewProc("test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { proc.Close() })
	a := new(auditTest)
	listing := func(name string) (bank.AccountHandle, bank.Listing) {
		account, err := bank.SpawnAccount(proc, name, func() *bank.Account { return bank.NewAccount(name, 100) })
		if err != nil {
			t.Fatal(err)
		}
		return account, bank.Listing{Name: name, Branch: bank.North, Account: account.Ref()}
	}
	var ann, bob bank.Listing
	a.ann, ann = listing("ann")
	a.bob, bob = listing("bob")
	ctx := context.Background()
	if err := a.audit.begin(ctx, []bank.Listing{ann, bob}); err != nil {
		t.Fatal(err)
	}
	err = errors.Join(a.ann.Reserve(ctx, "t", 60), a.bob.Deposit(ctx, "t", 60, ""), a.ann.Settle(ctx, "t"))
	if err != nil {
		t.Fatal(err)
	}
	a.add(outcome{fate: applied, line: 2, order: bank.Order{ID: "t", From: ann, To: bob, Amount: 60}})
	return a
}

// wrong audits, and returns what is wrong in one text.
func (a *auditTest) wrong() string {
	a.audit.end(&a.tally, context.Background())
	return strings.Join(a.audit.wrong, "\n")
}

func TestAuditFindsNothingWrongWithWhatIsRight(t *testing.T) {
	t.Parallel()
	a := newAuditTest(t)
	if wrong := a.wrong(); wrong != "" || !a.proven() || a.status() != exitDone {
		t.Errorf("proven: %v, status %d: %s", a.proven(), a.status(), wrong)
	}
	if north := a.audit.branches[0]; north.before.Total() != 200 || north.after.Balance != 200 || north.asked != 2 {
		t.Errorf("got %+v", north)
	}
}

func TestAuditFindsMoneyThatWasMade(t *testing.T) {
	t.Parallel()
	a := newAuditTest(t)
	if err := a.bob.Deposit(context.Background(), "forged", 1, ""); err != nil {
		t.Fatal(err)
	}
	if wrong := a.wrong(); wrong != "bob owns 1.61, and should own 1.60" || a.proven() || a.status() != exitFailed {
		t.Errorf("proven: %v, status %d: %s", a.proven(), a.status(), wrong)
	}
}

func TestAuditFindsARowThatWasNotApplied(t *testing.T) {
	t.Parallel()
	a := newAuditTest(t)
	order := a.applied[0]
	order.ID = "u"
	a.add(outcome{fate: applied, line: 3, order: order})
	wrong := a.wrong()
	for _, want := range []string{
		"ann has unbooked 0.00 for transfer u, and should have settled 0.60",
		"bob has unbooked 0.00 for transfer u, and should have deposited 0.60",
	} {
		if !strings.Contains(wrong, want) {
			t.Errorf("does not say %q: %s", want, wrong)
		}
	}
}

func TestAuditFindsMoneyThatWasLeftAside(t *testing.T) {
	t.Parallel()
	a := newAuditTest(t)
	if err := a.ann.Reserve(context.Background(), "forgotten", 5); err != nil {
		t.Fatal(err)
	}
	if wrong := a.wrong(); wrong != "" || a.proven() || a.status() != exitFailed {
		t.Errorf("proven: %v, status %d: %s", a.proven(), a.status(), wrong)
	}
}

func TestAuditSaysThatAnAccountCannotBeAsked(t *testing.T) {
	t.Parallel()
	a := newAuditTest(t)
	a.bob.Actor().Stop(actor.StopNow, nil)
	if _, err := a.bob.Actor().Wait(context.Background()); err != nil {
		t.Fatal(err)
	}
	if wrong := a.wrong(); !strings.HasPrefix(wrong, "the books of the north cannot be read: ") || a.proven() {
		t.Errorf("proven: %v: %s", a.proven(), wrong)
	}
}

func TestEachDoesAllOrSaysWhatFailed(t *testing.T) {
	t.Parallel()
	var done [1_000]atomic.Int32
	if err := each(len(done), func(i int) error { done[i].Add(1); return nil }); err != nil {
		t.Error(err)
	}
	for i := range done {
		if n := done[i].Load(); n != 1 {
			t.Errorf("%d was done %d times", i, n)
		}
	}
	cause := errors.New("out of ink")
	err := each(len(done), func(i int) error {
		if i == 500 {
			return cause
		}
		return nil
	})
	if !errors.Is(err, cause) {
		t.Errorf("got %v", err)
	}
	if err := each(0, func(int) error { return cause }); err != nil {
		t.Error(err)
	}
}
