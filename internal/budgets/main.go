// Budgets compares benchmark results with the project's budgets. It reads the output of "go test -bench" on standard
// input, takes the median of each benchmark, and prints a Markdown table: what was measured, what plain Go needs for the
// same in the same run, the ratio, and the ratio that the budget allows. It exits with 1 if a budget is
// exceeded by more than the tolerance, or if a benchmark is missing.
//
//	go test -run '^$' -bench . -count 5 ./runtime/... | go run ./internal/budgets
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
)

// A budget is one row: a benchmark, its floor, and the nanoseconds that the design grants it beside what it found the
// floor to need, so that the ratio of the two is what counts on any machine.
type budget struct {
	what      string
	bench     string
	floor     string
	ns        float64
	floorNS   float64
	tolerance float64 // of the ratio; 1.2 allows a fifth more
	bytes     float64 // allowed bytes per operation; -1 is any
}

var budgets = []budget{
	{"cast, one sender to one actor", "Cast/actor", "Cast/floor", 30, 34, 1.2, 1},
	{"cast, eight senders to one actor", "CastFanIn8/actor", "CastFanIn8/floor", 40, 34, 1.2, 1},
	{"cast, one sender to 1,000 actors in turn", "CastFanOut1000/actor", "CastFanOut1000/floor", 75, 25, 1.2, 1},
	{"call, context with a deadline", "CallDeadline/actor", "CallDeadline/floor", 450, 335, 1.2, 1},
	{"call from a handler to an idle actor", "CallFromHandler/actor", "CallFromHandler/floor", 450, 335, 1.2, 1},
	{"call, inline, background context", "CallInline/background", "CallInline/floor", 50, 12, 1.2, 1},
	{"call, inline, context with a deadline", "CallInline/deadline", "CallInline/floor", 50, 12, 1.2, 1},
	{"call, 64 callers to one actor", "Call64/to1/actor", "Call64/to1/floor", 280, 211, 1.2, 1},
	{"call, 64 callers to 64 actors", "Call64/to64/actor", "Call64/to64/floor", 300, 177, 1.2, 1},
	{"ping-pong, a hop", "PingPong/actor", "PingPong/floor", 130, 133, 1.2, 1},
	{"ping-pong, handler with a 4 KiB frame", "PingPong/actor4KiB", "PingPong/floor4KiB", 200, 199, 1.2, 1},
	{"ring of 1,000, a hop", "Ring/actor", "Ring/floor", 130, 122, 1.2, 1},
	{"spawn, anonymous", "Spawn/anonymous", "Spawn/floor", 400, 1932, 1.2, -1},
	{"spawn, named", "Spawn/named", "Spawn/floor", 700, 1932, 1.2, -1},
	{"stop", "Spawn/stop", "Spawn/stopFloor", 400, 353, 1.2, -1},
	{"session, a value there and one back", "Session/actor", "Session/floor", 500, 240, 1.2, 1},
	{"remote cast, 64 B, tcp", "RemoteCast/tcp", "RemoteCast/tcp/floor", 200, 100, 2, 1},
	{"remote cast, 64 B, unix", "RemoteCast/unix", "RemoteCast/unix/floor", 200, 100, 2, 1},
	{"remote call, sequential, tcp", "RemoteCall/tcp/sequential", "RemoteCall/tcp/sequential/floor", 50, 45.8, 2, -1},
	{"remote call, 64 callers, tcp", "RemoteCall/tcp/callers=64", "RemoteCall/tcp/callers=64/floor", 3.6, 3.2, 2, -1},
}

type sample struct{ ns, bytes []float64 }

var line = regexp.MustCompile(`^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op(?:.*?\s([\d.]+) B/op)?`)

func main() {
	strict := flag.Bool("strict", false, "exit with 1 if a budget is exceeded")
	flag.Parse()
	results, err := read(os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, "budgets:", err)
		os.Exit(1)
	}
	if missed := print(os.Stdout, results); missed > 0 && *strict {
		fmt.Fprintf(os.Stderr, "budgets: %d of %d are exceeded or missing\n", missed, len(budgets))
		os.Exit(1)
	}
}

// read collects the figures of each benchmark.
func read(r io.Reader) (map[string]*sample, error) {
	results := make(map[string]*sample)
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		m := line.FindStringSubmatch(in.Text())
		if m == nil {
			continue
		}
		s := results[m[1]]
		if s == nil {
			s = new(sample)
			results[m[1]] = s
		}
		ns, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			return nil, fmt.Errorf("reading %q: %w", in.Text(), err)
		}
		s.ns = append(s.ns, ns)
		if b, err := strconv.ParseFloat(m[3], 64); err == nil {
			s.bytes = append(s.bytes, b)
		}
	}
	return results, in.Err()
}

// print writes the table and returns how many budgets are not met.
func print(w io.Writer, results map[string]*sample) (missed int) {
	fmt.Fprintln(w, "| workload | measured ns | floor ns | ratio | budget's ratio | allowed | B/op | |")
	fmt.Fprintln(w, "|---|--:|--:|--:|--:|--:|--:|---|")
	for _, b := range budgets {
		ours, floor := results[b.bench], results[b.floor]
		if ours == nil || floor == nil {
			missed++
			fmt.Fprintf(w, "| %s | | | | | | | not measured |\n", b.what)
			continue
		}
		ratio, granted := median(ours.ns)/median(floor.ns), b.ns/b.floorNS
		bytes, verdict := median(ours.bytes), "met"
		switch {
		case ratio > granted*b.tolerance:
			verdict = "**not met**"
			missed++
		case b.bytes >= 0 && bytes > b.bytes:
			verdict = "**allocates**"
			missed++
		}
		fmt.Fprintf(w, "| %s | %.1f | %.1f | %.2f | %.2f | %.2f | %.0f | %s |\n", b.what, median(ours.ns), median(floor.ns),
			ratio, granted, granted*b.tolerance, bytes, verdict)
	}
	return missed
}

func median(all []float64) float64 {
	if len(all) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(all))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}
