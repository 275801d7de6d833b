package market

import (
	"cmp"
	"slices"
)

// A ladder is one side of a book: the orders that rest there.
type ladder struct {
	side  Side
	rungs []*rung // the best price last, where it is cheap to take away
}

// A rung holds the orders of one price, first come first.
type rung struct {
	price  Price
	total  Quantity
	orders []resting
}

// resting is what is left of an order.
type resting struct {
	order    uint64
	quantity Quantity
}

// rank orders prices: the higher, the better for who trades with this side.
func (l *ladder) rank(p Price) Price {
	if l.side == Sell {
		return -p
	}
	return p
}

// best returns the rung to trade with at that price or a better one; nil if there is none.
func (l *ladder) best(limit Price) *rung {
	if len(l.rungs) == 0 {
		return nil
	}
	top := l.rungs[len(l.rungs)-1]
	if l.rank(top.price) < l.rank(limit) {
		return nil
	}
	return top
}

// dropBest takes the best rung away.
func (l *ladder) dropBest() {
	l.rungs[len(l.rungs)-1] = nil
	l.rungs = l.rungs[:len(l.rungs)-1]
}

// add has an order rest at a price, behind those that are there, and returns how much rests there then.
func (l *ladder) add(price Price, r resting) Quantity {
	i, found := slices.BinarySearchFunc(l.rungs, price, func(at *rung, price Price) int {
		return cmp.Compare(l.rank(at.price), l.rank(price))
	})
	if !found {
		l.rungs = slices.Insert(l.rungs, i, &rung{price: price})
	}
	at := l.rungs[i]
	at.orders = append(at.orders, r)
	at.total += r.quantity
	return at.total
}

// levels returns what rests at each price that the filter passes, best first, at most so many; 0 is all.
func (l *ladder) levels(filter Filter, most int) []Level {
	var all []Level
	for _, r := range slices.Backward(l.rungs) {
		if most > 0 && len(all) == most {
			break
		}
		if filter.Passes(r.price) {
			all = append(all, Level{Price: r.price, Quantity: r.total})
		}
	}
	return all
}
