package bank

import (
	"context"

	"github.com/actorgen/actorgen/example/bank/ledger"
)

// A Desk judges the rows of a ledger, and knows where each account lives.
//
//actor:actor
type Desk struct {
	limit    Money
	accounts map[string]Listing
	lines    map[string]int // the line of each transfer that was checked
}

// NewDesk returns a desk that knows no account yet, and lets one transfer move no more than limit.
func NewDesk(limit Money) *Desk {
	return &Desk{limit: limit, accounts: make(map[string]Listing), lines: make(map[string]int)}
}

// A Listing says where an account lives. A ref is a value that works from anywhere, so that whoever gets one in
// a message can call the account, in this process or another, without asking where it is.
type Listing struct {
	Name    string
	Branch  string // the proc that holds the account, for those who count
	Account AccountRef
}

// An Order is a row that has been found good.
type Order struct {
	ID       string
	From, To Listing
	Amount   Money
	Note     string
}

// Enroll adds accounts to those that the desk knows.
//
//actor:handler
func (d *Desk) Enroll(ctx context.Context, accounts []Listing) error {
	for _, account := range accounts {
		d.accounts[account.Name] = account
	}
	return nil
}

// Check finds the order in a record. It fails with a *ledger.Malformed, a *Duplicate, a *SelfTransfer,
// an *UnknownAccount or an *OverLimit. A record may be checked again.
//
// It is short and waits for nobody, so it is inline: where the desk is idle, the teller who asks runs it.
//
//actor:handler inline
func (d *Desk) Check(ctx context.Context, record ledger.Record) (Order, error) {
	row, err := ledger.Parse(record)
	if err != nil {
		return Order{}, err
	}
	if first, taken := d.lines[row.ID]; taken && first != row.Line {
		return Order{}, &Duplicate{ID: row.ID, First: first}
	}
	d.lines[row.ID] = row.Line
	if row.From == row.To {
		return Order{}, &SelfTransfer{Account: row.From}
	}
	from, found := d.accounts[row.From]
	if !found {
		return Order{}, &UnknownAccount{Account: row.From}
	}
	to, found := d.accounts[row.To]
	if !found {
		return Order{}, &UnknownAccount{Account: row.To}
	}
	amount := Money(row.Cents)
	if amount > d.limit {
		return Order{}, &OverLimit{Asked: amount, Limit: d.limit}
	}
	return Order{ID: row.ID, From: from, To: to, Amount: amount, Note: row.Note}, nil
}
