package main

import (
	"testing"
	"time"
)

func TestMeterTellsTheSlowestCallInAHundred(t *testing.T) {
	t.Parallel()
	var m meter
	if got := m.p99(); got != 0 {
		t.Errorf("without calls: %v", got)
	}
	for i := range 2 * len(m.last) { // it forgets the first half
		m.add(time.Duration(i))
	}
	if got, want := m.p99(), time.Duration(len(m.last)+len(m.last)*99/100); got < want-1 || got > want+1 {
		t.Errorf("got %d, want about %d", got, want)
	}
}

func TestRateStaysForAWhile(t *testing.T) {
	t.Parallel()
	begin := time.Now()
	r := rate{at: begin}
	for _, step := range []struct {
		after time.Duration
		count uint64
		want  uint64
	}{{0, 0, 0}, {100, 500, 0}, {1000, 600, 600}, {1100, 9_000, 600}, {1500, 9_600, 18_000}} {
		if got := r.of(step.count, begin.Add(step.after*time.Millisecond)); got != step.want {
			t.Errorf("after %d ms: %d, want %d", step.after, got, step.want)
		}
	}
}
