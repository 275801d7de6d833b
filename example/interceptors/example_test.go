package interceptors_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"time"

	"github.com/actorgen/actorgen/example/interceptors"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/remote"
)

// openShop spawns a desk and a stock of ten apples. The books are kept by ledger.
func openShop(p *actor.Proc, ledger interceptors.LedgerRef) interceptors.DeskHandle {
	stock, err := interceptors.SpawnStock(p, "stock", func() *interceptors.Stock {
		return &interceptors.Stock{Left: map[string]int{"apple": 10}, Ledger: ledger}
	})
	if err != nil {
		log.Fatal(err)
	}
	desk, err := interceptors.SpawnDesk(p, "desk", func() *interceptors.Desk { return &interceptors.Desk{Stock: stock.Ref()} })
	if err != nil {
		log.Fatal(err)
	}
	return desk
}

// openBooks spawns a ledger.
func openBooks(p *actor.Proc, opts ...actor.SpawnOption) interceptors.LedgerHandle {
	ledger, err := interceptors.SpawnLedger(p, "ledger", func() *interceptors.Ledger { return new(interceptors.Ledger) }, opts...)
	if err != nil {
		log.Fatal(err)
	}
	return ledger
}

func newProc(name string, opts ...actor.ProcOption) *actor.Proc {
	p, err := actor.NewProc(name, opts...)
	if err != nil {
		log.Fatal(err)
	}
	return p
}

func ExampleLog() {
	options := slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == slog.LevelKey {
			return slog.Attr{}
		}
		return a
	}}
	logger := slog.New(slog.NewTextHandler(os.Stdout, &options))

	shop, err := actor.NewProc("shop", actor.Intercept(interceptors.Log(logger)))
	if err != nil {
		log.Fatal(err)
	}
	defer shop.Close()
	openShop(shop, openBooks(shop).Ref()).Order(context.Background(), "pear", 1)
	// Output:
	// msg=handled handler=interceptors.Stock.Take actor=stock err="pear: sold out"
	// msg=handled handler=interceptors.Desk.Order actor=desk err="pear: sold out"
}

func ExampleTrace() {
	spans := make(chan interceptors.Span, 3)
	trace := actor.Intercept(interceptors.Trace(func(s interceptors.Span) { spans <- s }))
	books := newProc("books", trace, remote.Listen("tcp://127.0.0.1:0"))
	defer books.Close()
	openBooks(books)
	shop := newProc("shop", trace, remote.Enable())
	defer shop.Close()
	ledger, err := interceptors.LedgerAt(shop, books.Address()+"/ledger")
	if err != nil {
		log.Fatal(err)
	}
	desk := openShop(shop, ledger)

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := desk.Order(ctx, "apple", 3); err != nil {
		log.Fatal(err)
	}
	show(<-spans, <-spans, <-spans)
	// Output:
	// interceptors.Desk.Order in shop
	//   interceptors.Stock.Take in shop
	//     interceptors.Ledger.Book in books
}

// show prints a trace, each span below its parent.
func show(spans ...interceptors.Span) {
	var below func(parent, indent string)
	below = func(parent, indent string) {
		for _, s := range spans {
			if s.Parent == parent && s.Trace == spans[0].Trace {
				fmt.Printf("%s%s in %s\n", indent, s.Handler, s.Proc)
				below(s.ID, indent+"  ")
			}
		}
	}
	below("", "")
}

func ExampleMetrics() {
	var handled, sent interceptors.Metrics
	shop := newProc("shop", actor.Intercept(handled.Handled), actor.InterceptSends(sent.Sent))
	defer shop.Close()
	ledger := openBooks(shop)
	desk := openShop(shop, ledger.Ref())
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for range 4 {
		desk.Order(ctx, "apple", 3) // the fourth is for more than there is
	}
	for _, handler := range []string{"interceptors.Desk.Order", "interceptors.Stock.Take"} {
		s := handled.Read()[handler]
		quick := s.Count - s.Latency[len(s.Latency)-1]
		fmt.Printf("%s: %d handled, %d errors, %d within a second\n", handler, s.Count, s.Errors, quick)
	}
	ledger.Actor().Stop(actor.StopDrain, nil)
	<-ledger.Actor().Done()
	desk.Order(ctx, "apple", 1) // what the stock sends to the ledger is handled by nobody
	in, out := handled.Read()["interceptors.Ledger.Book"], sent.Read()["interceptors.Ledger.Book"]
	fmt.Printf("interceptors.Ledger.Book: %d handled; %d sent, %d errors\n", in.Count, out.Count, out.Errors)
	// Output:
	// interceptors.Desk.Order: 4 handled, 1 errors, 4 within a second
	// interceptors.Stock.Take: 4 handled, 1 errors, 4 within a second
	// interceptors.Ledger.Book: 3 handled; 4 sent, 1 errors
}

func ExampleLimit() {
	limit := &interceptors.Limit{Burst: 2, Interval: time.Hour}
	shop := newProc("shop")
	defer shop.Close()
	ledger := openBooks(shop, actor.Intercept(limit.Intercept)) // this actor alone
	desk := openShop(shop, ledger.Ref())
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for range 3 {
		n, err := ledger.Booked(ctx)
		fmt.Println(n, err)
	}
	// The stock is another caller.
	fmt.Println(desk.Order(ctx, "apple", 1))
	// Output:
	// 0 <nil>
	// 0 <nil>
	// 0 too many messages: slow down
	// <nil>
}

func ExampleOnly() {
	shop := newProc("shop")
	defer shop.Close()
	var desk interceptors.DeskHandle
	isDesk := func(caller actor.ID) bool { return caller == desk.Actor().ID() }
	nobody := func(caller actor.ID) bool { return caller.IsZero() }
	ledger := openBooks(shop, actor.Intercept(interceptors.Only("interceptors.Ledger.Booked", nobody)))
	stock, err := interceptors.SpawnStock(shop, "stock", func() *interceptors.Stock {
		return &interceptors.Stock{Left: map[string]int{"apple": 10}, Ledger: ledger.Ref()}
	}, actor.Intercept(interceptors.Only("interceptors.Stock.Take", isDesk)))
	if err != nil {
		log.Fatal(err)
	}
	desk, err = interceptors.SpawnDesk(shop, "desk", func() *interceptors.Desk { return &interceptors.Desk{Stock: stock.Ref()} })
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	fmt.Println(desk.Order(ctx, "apple", 3))
	err = stock.Take(ctx, "apple", 3)
	fmt.Println(err, errors.Is(err, interceptors.ErrForbidden))
	fmt.Println(ledger.Booked(ctx))
	// Output:
	// <nil>
	// nobody: interceptors.Stock.Take: forbidden true
	// 3 <nil>
}

func ExampleOnly_cast() {
	lost := make(chan *actor.Undelivered, 1)
	shop := newProc("shop", actor.OnUndelivered(func(u *actor.Undelivered) { lost <- u }))
	defer shop.Close()
	ledger := openBooks(shop, actor.Intercept(
		interceptors.Only("interceptors.Ledger.Book", func(caller actor.ID) bool { return !caller.IsZero() }),
	))
	// A cast has no caller that waits. It is accepted, and its sender hears that it was lost.
	fmt.Println(ledger.Book(context.Background(), "apple", 1))
	u := <-lost
	fmt.Println(u.Handler, u.Args, actor.CodeOf(u.Err), errors.Is(u.Err, interceptors.ErrForbidden))
	// Output:
	// <nil>
	// interceptors.Ledger.Book {apple 1} refused true
}
