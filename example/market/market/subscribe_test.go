package market_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/actorgen/actorgen/example/market/market"
	"github.com/actorgen/actorgen/runtime/actor"
)

// soon returns a context for what takes no time.
func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func subscribe(t *testing.T, ctx context.Context, book market.BookClient, filter market.Filter) (*market.Subscription, *market.Copy) {
	t.Helper()
	s, err := book.Subscribe(ctx, "test", filter)
	if err != nil {
		t.Fatal(err)
	}
	return s, market.NewCopy(s.Opening())
}

// next receives an update, and applies it to the copy.
func next(t *testing.T, s *market.Subscription, to *market.Copy) (u market.Update, complete bool) {
	t.Helper()
	u, err := s.Recv(soon(t))
	if err != nil {
		t.Fatal(err)
	}
	return u, to.Apply(u)
}

func TestSubscriberHasTheBookAsItIs(t *testing.T) {
	t.Parallel()
	book := spawn(t, 1_000)
	place(t, book, market.Buy, 3, 98)
	place(t, book, market.Sell, 4, 102)
	s, known := subscribe(t, soon(t), book, market.Filter{})
	same(t, "the opening", s.Opening(), market.Snapshot{
		Number: 2, Bids: []market.Level{{Price: 98, Quantity: 3}}, Asks: []market.Level{{Price: 102, Quantity: 4}},
	})
	for i := range 100 {
		side, price := market.Buy, market.Price(95+i*7%10)
		if i%3 == 0 {
			side = market.Sell
		}
		place(t, book, side, market.Quantity(1+i%5), price)
	}
	now, err := book.Depth(soon(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CloseSend(); err != nil {
		t.Fatal(err)
	}
	for number := uint64(3); number <= now.Number; number++ {
		if u, complete := next(t, s, known); u.Number != number || !complete {
			t.Fatalf("update %d after %d, in place of %d", u.Number, u.Previous, number)
		}
	}
	same(t, "the copy", known.Snapshot, now)
	if _, err := s.Recv(soon(t)); err != io.EOF {
		t.Errorf("after the last update: %v", err)
	}
	summary, err := s.Result(soon(t))
	same(t, "the summary", summary, market.Summary{Sent: now.Number - 2})
	if err != nil {
		t.Error(err)
	}
}

func TestSubscriberChangesItsFilter(t *testing.T) {
	t.Parallel()
	book := spawn(t, 100)
	place(t, book, market.Buy, 1, 90)
	s, known := subscribe(t, soon(t), book, market.Filter{Low: 100})
	same(t, "the opening", s.Opening(), market.Snapshot{Number: 1})
	place(t, book, market.Buy, 2, 99)
	place(t, book, market.Buy, 3, 100)
	if u, complete := next(t, s, known); u.Number != 3 || u.Price != 100 || !complete {
		t.Errorf("%+v", u)
	}
	if err := s.Send(soon(t), market.Filter{High: 99}); err != nil {
		t.Fatal(err)
	}
	u, complete := next(t, s, known)
	if u.Anew == nil || !complete {
		t.Fatalf("%+v", u)
	}
	want := market.Snapshot{Number: 3, Bids: []market.Level{{Price: 99, Quantity: 2}, {Price: 90, Quantity: 1}}}
	same(t, "the book anew", *u.Anew, want)
	place(t, book, market.Buy, 4, 100)
	place(t, book, market.Sell, 9, 99) // takes what is bid at 100, and all at 99
	want = market.Snapshot{Number: 6, Bids: []market.Level{{Price: 90, Quantity: 1}}}
	if u, complete = next(t, s, known); u.Number != 6 || u.Price != 99 || u.Quantity != 0 || !complete {
		t.Errorf("%+v", u)
	}
	same(t, "the copy", known.Snapshot, want)
	if err := s.Close(soon(t)); err != nil {
		t.Error(err)
	}
}

// A subscriber that is slow holds up neither the book nor others. What the book does not keep for it is lost, and that is told.
func TestSubscriberThatIsTooSlowIsTold(t *testing.T) {
	t.Parallel()
	book := spawn(t, 8)
	slow, known := subscribe(t, actor.SessionQueue(soon(t), 1, actor.FullBlock), book, market.Filter{})
	fast, other := subscribe(t, soon(t), book, market.Filter{})
	const orders = 50
	for range orders {
		place(t, book, market.Buy, 1, 100)
		if _, complete := next(t, fast, other); !complete {
			t.Fatal("the fast one has lost an update")
		}
	}
	if err := slow.CloseSend(); err != nil {
		t.Fatal(err)
	}
	seen, gaps := uint64(0), 0
	for u, err := range slow.All(soon(t)) {
		if err != nil {
			t.Fatal(err)
		}
		if seen++; !known.Apply(u) {
			gaps++
		}
	}
	summary, err := slow.Result(soon(t))
	if err != nil || summary.Sent != seen || summary.Sent+summary.Lost != orders || gaps != 1 {
		t.Errorf("%d seen with %d gaps: %+v, %v", seen, gaps, summary, err)
	}
	same(t, "the copy", known.Snapshot, other.Snapshot)
	if err := fast.Close(soon(t)); err != nil {
		t.Error(err)
	}
}

// The client's own queue may drop, too: then the book has sent all, and the client counts.
func TestSubscriberThatDropsKnowsHowMany(t *testing.T) {
	t.Parallel()
	book := spawn(t, 100)
	s, known := subscribe(t, actor.SessionQueue(soon(t), 4, actor.FullDropOldest), book, market.Filter{})
	const orders = 50
	for range orders {
		place(t, book, market.Buy, 1, 100)
	}
	next(t, s, known) // so that the result leaves the others to be received
	if err := s.CloseSend(); err != nil {
		t.Fatal(err)
	}
	summary, err := s.Result(soon(t))
	if err != nil || summary != (market.Summary{Sent: orders}) {
		t.Errorf("%+v, %v", summary, err)
	}
	seen := uint64(1)
	for u, err := range s.All(soon(t)) {
		if err != nil {
			t.Fatal(err)
		}
		known.Apply(u)
		seen++
	}
	if seen > 5 || seen+s.Lost() != orders {
		t.Errorf("%d seen and %d lost", seen, s.Lost())
	}
	same(t, "the copy", known.Number, uint64(orders))
}

func TestBookKnowsWhyASessionHasFailed(t *testing.T) {
	t.Parallel()
	book := spawn(t, 100)
	errBored := errors.New("bored")
	for range 20 { // of which it remembers 16
		s, known := subscribe(t, soon(t), book, market.Filter{})
		place(t, book, market.Buy, 1, 100)
		next(t, s, known)
		s.Cancel(errBored)
		if _, err := s.Result(soon(t)); !errors.Is(err, errBored) {
			t.Error(err)
		}
	}
	figures, err := book.Figures(soon(t))
	if err != nil {
		t.Fatal(err)
	}
	if figures.Subscribers != 0 || len(figures.Failed) != 16 {
		t.Errorf("%+v", figures)
	}
	for _, e := range figures.Failed {
		if e.Subscriber != "test" || e.Sent != 1 || !strings.HasSuffix(e.Why, "bored") {
			t.Errorf("%+v", e)
		}
	}
}
