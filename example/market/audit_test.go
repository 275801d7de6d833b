package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/example/market/market"
	"github.com/actorgen/actorgen/example/market/market/markettest"
	"github.com/actorgen/actorgen/runtime/actortest"
)

// ledger is a book of one bid after two updates.
var ledger = result{
	figures: market.Figures{Updates: 2},
	book:    market.Snapshot{Number: 2, Bids: []market.Level{{Price: 100, Quantity: 7}}},
}

// Watchers of a fake book that does not what it should are found out.
func TestAuditFindsWhatWatchersHaveMissed(t *testing.T) {
	t.Parallel()
	first := market.Update{Number: 1, Side: market.Buy, Price: 100, Quantity: 5}
	second := market.Update{Number: 2, Previous: 1, Side: market.Buy, Price: 100, Quantity: 7}
	for name, c := range map[string]struct {
		sent    []market.Update
		summary market.Summary
		err     error
		says    string // by a loyal watcher
		slow    string // by one that may lose updates
	}{
		"all":        {sent: []market.Update{first, second}, summary: market.Summary{Sent: 2}},
		"a gap":      {sent: []market.Update{second}, summary: market.Summary{Sent: 1}, says: "1 gaps"},
		"unsent":     {sent: []market.Update{first, second}, summary: market.Summary{Sent: 3}, says: "2 of 3", slow: "2 seen and 0 lost of 3"},
		"too early":  {sent: []market.Update{first}, summary: market.Summary{Sent: 1}, says: "the last is number 2", slow: "its copy has bids"},
		"overtaken":  {sent: []market.Update{first, second}, summary: market.Summary{Sent: 2, Lost: 1}, says: "the book has lost 1", slow: "the book has lost 1"},
		"wrong":      {sent: []market.Update{first, {Number: 2, Previous: 1}}, summary: market.Summary{Sent: 2}, says: "its copy has", slow: "its copy has"},
		"in trouble": {sent: []market.Update{first, second}, err: errors.New("no paper"), says: "no paper", slow: "no paper"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			script := actortest.NewScript[market.Snapshot, market.Filter, market.Update, market.Summary](market.Snapshot{}).
				Send(c.sent...).Return(c.summary, c.err)
			fake := &markettest.Book{OnSubscribe: func(_ context.Context, _ string, _ market.Filter, s *market.Feed) (market.Summary, error) {
				return script.Run(s)
			}}
			book, err := fake.Spawn(actortest.NewProc(t), "book")
			if err != nil {
				t.Fatal(err)
			}
			var a audience
			w, err := a.watch(context.Background(), book, "watcher", 0)
			if err != nil {
				t.Fatal(err)
			}
			a.watching.Wait()
			says(t, w.missesNothing(ledger), c.says)
			says(t, w.knowsItsLosses(ledger), c.slow)
		})
	}
}

// says checks an error by a part of it; "" is none.
func says(t *testing.T, err error, part string) {
	t.Helper()
	if part == "" && err != nil || part != "" && (err == nil || !strings.Contains(err.Error(), part)) {
		t.Errorf("got %v, want %q", err, part)
	}
}

func TestAuditFindsWhatDoesNotBalance(t *testing.T) {
	t.Parallel()
	end := result{
		figures: market.Figures{Ordered: 27, Traded: 10}, streamed: 10,
		book: market.Snapshot{Bids: []market.Level{{Quantity: 3}}, Asks: []market.Level{{Quantity: 4}}},
	}
	says(t, (&exchange{filled: 10}).balances(end), "")
	says(t, (&exchange{filled: 9}).balances(end), "9 by the receipts")
	end.streamed = 11
	says(t, (&exchange{filled: 10}).balances(end), "11 traded by the stream")
	end.streamed, end.figures.Ordered = 10, 28
	says(t, (&exchange{filled: 10}).balances(end), "28 ordered")
}

func TestAuditFindsSessionsThatShouldHaveFailed(t *testing.T) {
	t.Parallel()
	says(t, ledger.hasFailed("remote"), "has not noticed")
	end := ledger
	end.figures.Failed = []market.Ending{{Subscriber: "impatient"}, {Subscriber: "remote"}}
	says(t, end.hasFailed("remote"), "")
}
