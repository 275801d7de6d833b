package market_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/actorgen/actorgen/example/market/market"
	"github.com/actorgen/actorgen/example/market/market/markettest"
	"github.com/actorgen/actorgen/runtime/actortest"
)

// place places an order that must be taken, at a book that is called directly or one that is an actor.
func place(t *testing.T, book interface {
	Place(ctx context.Context, order market.Order) (market.Receipt, error)
}, side market.Side, quantity market.Quantity, price market.Price) market.Receipt {
	t.Helper()
	receipt, err := book.Place(context.Background(), market.Order{Side: side, Price: price, Quantity: quantity})
	if err != nil {
		t.Fatal(err)
	}
	return receipt
}

// tradesOf reads a stream to its end.
func tradesOf(t *testing.T, book market.BookClient, since uint64) (all []market.Trade) {
	t.Helper()
	for trade, err := range book.Trades(context.Background(), since) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, trade)
	}
	return all
}

// spawn starts a book that keeps so many changes.
func spawn(t *testing.T, kept int) market.BookHandle {
	t.Helper()
	book, err := market.SpawnBook(actortest.NewProc(t), "book", func() *market.Book { return market.NewBook(kept) })
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, markettest.Cmp()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestBestPriceTradesFirstAndThenTheOldestOrder(t *testing.T) {
	t.Parallel()
	book := spawn(t, 16)
	place(t, book, market.Sell, 10, 101) // 1
	place(t, book, market.Sell, 10, 100) // 2
	place(t, book, market.Sell, 10, 100) // 3
	place(t, book, market.Buy, 5, 99)    // 4, which meets none
	same(t, "the receipt", place(t, book, market.Buy, 17, 100), market.Receipt{Order: 5, Filled: 17})
	same(t, "that of one that rests in part", place(t, book, market.Buy, 20, 101), market.Receipt{Order: 6, Filled: 13, Resting: 7})
	same(t, "the trades", tradesOf(t, book, 0), []market.Trade{
		{Number: 1, Taker: 5, Maker: 2, Side: market.Buy, Price: 100, Quantity: 10},
		{Number: 2, Taker: 5, Maker: 3, Side: market.Buy, Price: 100, Quantity: 7},
		{Number: 3, Taker: 6, Maker: 3, Side: market.Buy, Price: 100, Quantity: 3},
		{Number: 4, Taker: 6, Maker: 1, Side: market.Buy, Price: 101, Quantity: 10},
	})
	same(t, "the last one", tradesOf(t, book, 4), tradesOf(t, book, 1)[3:])
	same(t, "the one after", tradesOf(t, book, 5), []market.Trade(nil))
	depth, err := book.Depth(context.Background(), 1)
	same(t, "the depth", depth, market.Snapshot{Number: 8, Bids: []market.Level{{Price: 101, Quantity: 7}}})
	if err != nil {
		t.Error(err)
	}
}

// The other side of a book is its mirror image.
func TestSellersTradeWithTheHighestBid(t *testing.T) {
	t.Parallel()
	book := spawn(t, 16)
	for _, price := range []market.Price{98, 100, 99} {
		place(t, book, market.Buy, 10, price)
	}
	same(t, "the receipt", place(t, book, market.Sell, 25, 99), market.Receipt{Order: 4, Filled: 20, Resting: 5})
	depth, err := book.Depth(context.Background(), 0)
	same(t, "the depth", depth, market.Snapshot{
		Number: 6, Bids: []market.Level{{Price: 98, Quantity: 10}}, Asks: []market.Level{{Price: 99, Quantity: 5}},
	})
	if err != nil {
		t.Error(err)
	}
	figures, err := book.Figures(context.Background())
	same(t, "the figures", figures, market.Figures{Orders: 4, Ordered: 55, Trades: 2, Traded: 20, Updates: 6})
	if err != nil {
		t.Error(err)
	}
}

// A book is an ordinary struct, too.
func TestBadOrdersAreRefused(t *testing.T) {
	t.Parallel()
	book := market.NewBook(1)
	for _, order := range []market.Order{
		{Price: 1, Quantity: 1}, {Side: market.Buy, Quantity: 1}, {Side: market.Sell, Price: 1}, {Side: market.Buy, Price: -1, Quantity: 1},
	} {
		var bad *market.BadOrder
		if _, err := book.Place(context.Background(), order); !errors.As(err, &bad) || bad.Order != order {
			t.Errorf("%+v: %v", order, err)
		}
	}
	figures, _ := book.Figures(context.Background())
	same(t, "the figures", figures, market.Figures{})
}
