package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/actorgen/actorgen/example/market/market"
)

var update = flag.Bool("update", false, "write the golden files anew")

// full is a scene with more of everything than there is room for.
func full() scene {
	s := scene{
		passed: 4200 * time.Millisecond, placed: 1_234, orders: 2_000, orderRate: 201, updateRate: 432_109, p99: 2_345_678 * time.Nanosecond,
		figures: market.Figures{
			Trades: 987, Sent: 2_718_281, Subscribers: 2_001,
			Failed: []market.Ending{
				{Subscriber: "impatient", Sent: 321, Why: "the session was canceled by proc market: seen enough"},
				{Subscriber: "remote", Sent: 654, Why: "the link to proc subscriber was lost: " + strings.Repeat("and so on ", 10)},
				{Subscriber: "one more", Why: "it does not matter"},
			},
		},
		slowSeen: 700, slowLost: 512, process: 4711,
	}
	for i := range 2 * depth {
		away := market.Price(i)
		s.book.Bids = append(s.book.Bids, market.Level{Price: 100_00 - away, Quantity: market.Quantity(100 * i * i)})
		s.book.Asks = append(s.book.Asks, market.Level{Price: 100_01 + away, Quantity: 7})
		s.trades = append(s.trades, market.Trade{Number: uint64(i), Side: market.Buy + market.Side(i%2), Price: 100_00 + away, Quantity: 5})
	}
	s.book.Asks = s.book.Asks[:3]
	return s
}

func TestFrame(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]scene{"full": full(), "empty": {}} {
		golden := filepath.Join("testdata", name+".txt")
		got := s.frame()
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is now\n%s\nand was\n%s", golden, got, want)
		}
		for line := range strings.Lines(got) {
			if utf8.RuneCountInString(line) > columns+1 {
				t.Errorf("%s: a line is longer than %d: %s", name, columns, line)
			}
		}
	}
}

// A frame is drawn over the one before, so they need the same number of lines.
func TestFramesAreOfOneHeight(t *testing.T) {
	t.Parallel()
	if a, b := strings.Count(full().frame(), "\n"), strings.Count(scene{}.frame(), "\n"); a != b || a > 24 {
		t.Errorf("%d and %d lines", a, b)
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	const want = "  4.2 s: 1,234 of 2,000 orders (201/s, p99 2.35ms), 987 trades, bid 100.00 ask 100.01, " +
		"2,718,281 updates to 2,001 sessions (432,109/s), slow has lost 512\n"
	if got := full().line(); got != want {
		t.Errorf("got %s", got)
	}
}
