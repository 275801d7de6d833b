package market

import (
	"cmp"
	"slices"
)

// A Level is what rests at one price.
type Level struct {
	Price    Price
	Quantity Quantity
}

// A Snapshot is a book at one moment, the best prices first.
type Snapshot struct {
	Number uint64 // of the last update that is in it
	Bids   []Level
	Asks   []Level
}

// An Update tells a subscriber of one change.
type Update struct {
	// Number is that of the change in the book's history.
	Number uint64
	// Previous is the Number of the update that this subscriber was sent before, or of the snapshot that its session began with. One who has
	// another has lost something.
	Previous uint64
	// What rests at the price now; nothing with Quantity 0.
	Side     Side
	Price    Price
	Quantity Quantity
	// Anew, if it is not nil, is all that the filter passes, and counts instead. It comes after the filter was set.
	Anew *Snapshot
}

// A Filter chooses updates by their price. The zero value passes all.
type Filter struct {
	Low, High Price // both included; 0 is no limit
}

// Passes tells whether the subscriber wants to hear of a price.
func (f Filter) Passes(p Price) bool {
	return p >= f.Low && (f.High == 0 || p <= f.High)
}

// A Copy is a book as one of its subscribers knows it.
type Copy struct {
	Snapshot
}

// NewCopy returns the copy that begins with what a session was opened with.
func NewCopy(s Snapshot) *Copy { return &Copy{s} }

// Apply brings the copy up to date. It is false if updates before this one were lost: the copy is wrong then, until the subscriber has
// sent its filter again and been sent the book anew.
func (c *Copy) Apply(u Update) bool {
	complete := u.Previous == c.Number
	switch {
	case u.Anew != nil:
		c.Snapshot = *u.Anew
	case u.Side == Buy:
		c.Bids = set(c.Bids, Level{u.Price, u.Quantity}, -1)
	default:
		c.Asks = set(c.Asks, Level{u.Price, u.Quantity}, 1)
	}
	c.Number = u.Number
	return complete
}

// set puts a level into those of one side, whose prices go up or down.
func set(levels []Level, to Level, up int) []Level {
	i, found := slices.BinarySearchFunc(levels, to.Price, func(l Level, p Price) int { return up * cmp.Compare(l.Price, p) })
	switch {
	case to.Quantity == 0 && found:
		return slices.Delete(levels, i, i+1)
	case to.Quantity == 0:
		return levels
	case found:
		levels[i] = to
		return levels
	}
	return slices.Insert(levels, i, to)
}
