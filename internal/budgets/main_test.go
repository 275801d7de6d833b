package main

import (
	"strings"
	"testing"
)

func TestMedianRatiosDecide(t *testing.T) {
	results, err := read(strings.NewReader(`
goos: linux
BenchmarkCast/floor-2    	 5618686	        40.00 ns/op	       0 B/op	       0 allocs/op
BenchmarkCast/floor-2    	 5618686	        42.00 ns/op	       0 B/op	       0 allocs/op
BenchmarkCast/floor-2    	 5618686	       400.00 ns/op	       0 B/op	       0 allocs/op
BenchmarkCast/actor-2    	 2132775	        43.00 ns/op	       0 B/op	       0 allocs/op
BenchmarkRing/floor      	 1000	        100 ns/op
BenchmarkRing/actor      	 1000	        300 ns/op
`))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	missed := print(&out, results)
	if want := len(budgets) - 1; missed != want {
		t.Errorf("%d not met, want all but one (%d)\n%s", missed, want, &out)
	}
	for _, row := range []string{
		"| cast, one sender to one actor | 43.0 | 42.0 | 1.02 | 0.88 | 1.06 | 0 | met |",
		"| ring of 1,000, a hop | 300.0 | 100.0 | 3.00 | 1.07 | 1.28 | 0 | **not met** |",
		"| spawn, named | | | | | | | not measured |",
	} {
		if !strings.Contains(out.String(), row) {
			t.Errorf("no row %s in\n%s", row, &out)
		}
	}
}
