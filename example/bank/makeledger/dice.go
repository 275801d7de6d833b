package main

// dice is a source of numbers that are the same in every version of Go (SplitMix64).
type dice uint64

func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number from 0 to n-1.
func (d *dice) below(n int) int { return int(d.next() % uint64(n)) }

// between returns a number from low to high.
func (d *dice) between(low, high int) int { return low + d.below(high-low+1) }

// one returns one of several texts.
func (d *dice) one(of ...string) string { return of[d.below(len(of))] }

// shuffle puts a deck in another order.
func shuffle[T any](d *dice, deck []T) {
	for i := len(deck) - 1; i > 0; i-- {
		j := d.below(i + 1)
		deck[i], deck[j] = deck[j], deck[i]
	}
}
