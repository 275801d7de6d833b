package bank

import (
	"context"
	"fmt"

	"github.com/actorgen/actorgen/runtime/actor"
)

// The branches of the bank. Each is a proc in a process of its own, and holds half of the accounts.
const (
	North = "north" // in the process that reads the ledger
	South = "south" // in the process that the other one starts
)

// What the bank is like when it opens.
const (
	AccountsPerBranch       = 200          // named north-001 and so on
	ClosedAccounts          = 4            // the last ones of the south
	Opening           Money = 10_000_00    // what every other account holds
	Limit             Money = 1_000_000_00 // the most that one transfer may move
)

// A Branch is what can be called in another process.
type Branch struct {
	Name     string
	Accounts []Listing
	Desk     DeskRef
	Tellers  []TellerRef
}

// OpenAccounts starts the accounts of a branch.
//
// What an account knows is in its memory alone. One that fails stays down, therefore: it would start again with what it
// opened with, and that makes money or loses it.
func OpenAccounts(branch *actor.Proc) ([]Listing, error) {
	var accounts []Listing
	for i := range AccountsPerBranch {
		name := fmt.Sprintf("%s-%03d", branch.Name(), i+1)
		build := func() *Account { return NewAccount(name, Opening) }
		if branch.Name() == South && i >= AccountsPerBranch-ClosedAccounts {
			build = func() *Account { return NewClosedAccount(name) }
		}
		account, err := SpawnAccount(branch, name, build, actor.OnFailure(actor.StopActor))
		if err != nil {
			return nil, fmt.Errorf("open account %s: %w", name, err)
		}
		accounts = append(accounts, Listing{Name: name, Branch: branch.Name(), Account: account.Ref()})
	}
	return accounts, nil
}

// OpenBranch starts what there is in the south: accounts, a desk that knows them, and a teller for each clerk.
func OpenBranch(ctx context.Context, branch *actor.Proc, clerks int) (Branch, error) {
	accounts, err := OpenAccounts(branch)
	if err != nil {
		return Branch{}, err
	}
	desk, err := SpawnDesk(branch, "desk", func() *Desk { return NewDesk(Limit) }, actor.OnFailure(actor.StopActor))
	if err != nil {
		return Branch{}, fmt.Errorf("open the desk: %w", err)
	}
	if err := desk.Enroll(ctx, accounts); err != nil {
		return Branch{}, fmt.Errorf("enroll the accounts of the %s: %w", branch.Name(), err)
	}
	opened := Branch{Name: branch.Name(), Accounts: accounts, Desk: desk.Ref()}
	for i := range clerks {
		name := fmt.Sprintf("teller-%d", i+1)
		teller, err := SpawnTeller(branch, name, func() *Teller { return NewTeller(branch.Name(), desk) })
		if err != nil {
			return Branch{}, fmt.Errorf("hire %s: %w", name, err)
		}
		opened.Tellers = append(opened.Tellers, teller.Ref())
	}
	return opened, nil
}
