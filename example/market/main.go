// Command market runs an order book with thousands of subscribers.
//
//	go run ./example/market                      # 2,000 subscribers, 2,000 orders in 10 s, drawn on the terminal
//	go run ./example/market -plain               # in lines instead
//	go run ./example/market -subscribers 10 -orders 1000000 -duration 0   # as fast as it goes
//
// The book is an actor (package market, in the folder of that name). Orders are calls, and each subscriber has a session with the book: it begins with
// a snapshot, the book sends every change, the subscriber may change its filter, and in the end it gets a summary. Most subscribers want every update,
// and the book waits for each of them apart. Three are different:
//
//	slow       cannot keep up, and lets its queue drop the oldest updates: it knows how many
//	impatient  cancels its session, and says why
//	remote     is another process, this program started once more, and is killed with SIGKILL in the middle
//
// Where to read on:
//
//	market/book.go       the actor: orders are matched
//	market/subscribe.go  a session's handler: how subscribers learn of what other handlers change
//	audience.go          the subscribers
//	remote.go            the process that is killed
//	exchange.go          what happens, in order
//	audit.go             what must hold in the end
//
// The program ends with status 0 if all of that holds, with 1 if not, with 2 for flags that it does not understand, and with 130 if it was interrupted and all
// of it holds for the orders until then.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"
)

//go:generate go run github.com/actorgen/actorgen/cmd/actorgen ./...

// The statuses with which the program ends.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130 // as shells have it
)

// settings is what the flags say.
type settings struct {
	seed        uint64
	orders      int
	subscribers int
	duration    time.Duration // over which the orders are spread; 0 is as fast as can be
	plain       bool
	remote      string // whom to subscribe to, in the process that is the remote subscriber
}

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program. It returns the status to end with.
func run(args []string, stdout, stderr *os.File) int {
	set, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitDone
	case err != nil:
		return exitUsage
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	if set.remote != "" {
		if err := runRemote(set.remote, os.Stdin, stdout, log); err != nil {
			fmt.Fprintln(stderr, "market: the remote subscriber:", err)
			return exitFailed
		}
		return exitDone
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // so that a second signal does what it does to any program
	broken, err := runMarket(ctx, set, stdout, log)
	switch {
	case err != nil:
		fmt.Fprintln(stderr, "market:", err)
		return exitFailed
	case broken > 0:
		return exitFailed
	case ctx.Err() != nil:
		return exitInterrupted
	}
	return exitDone
}

// parse reads the flags. It has told stderr what is wrong with them if it returns an error.
func parse(args []string, stderr io.Writer) (settings, error) {
	var set settings
	flags := flag.NewFlagSet("market", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Uint64Var(&set.seed, "seed", 1, "what the random orders begin with: the same `number`, the same orders")
	flags.IntVar(&set.orders, "orders", 2_000, "how `many` orders are placed")
	flags.IntVar(&set.subscribers, "subscribers", 2_000, "how `many` want to see every update")
	flags.DurationVar(&set.duration, "duration", 10*time.Second, "how `long` it takes to place the orders; 0 is as fast as the subscribers can follow")
	flags.BoolVar(&set.plain, "plain", false, "print lines, as where the output is no terminal")
	flags.StringVar(&set.remote, "remote", "", "what the market tells the process that it starts: the `address` of the book")
	flags.Usage = func() {
		fmt.Fprint(stderr, "usage: market [flags]\n\nRuns an order book with random orders and thousands of subscribers.\n\n")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return set, err
	}
	var err error
	switch {
	case flags.NArg() > 0:
		err = fmt.Errorf("%q is no flag", flags.Arg(0))
	case set.orders < minOrders:
		err = fmt.Errorf("-orders is %d: choose at least %d", set.orders, minOrders)
	case set.subscribers < 1 || set.subscribers > maxSubscribers:
		err = fmt.Errorf("-subscribers is %d: choose from 1 to %d", set.subscribers, maxSubscribers)
	case set.duration < 0:
		err = fmt.Errorf("-duration is %v: it cannot be negative", set.duration)
	}
	if err != nil {
		fmt.Fprintln(stderr, "market:", err)
		fmt.Fprintln(stderr, `"market -h" lists the flags`)
	}
	return set, err
}

// The bounds of the flags.
const (
	minOrders      = 100
	maxSubscribers = 100_000
)
