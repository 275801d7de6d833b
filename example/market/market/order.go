package market

import "fmt"

// A Side is what an order wants. The zero value is none.
type Side uint8

// The sides of a book.
const (
	Buy Side = iota + 1
	Sell
)

// Other returns the side that trades with this one.
func (s Side) Other() Side {
	if s == Buy {
		return Sell
	}
	return Buy
}

// String returns the side in words.
func (s Side) String() string {
	switch s {
	case Buy:
		return "buy"
	case Sell:
		return "sell"
	}
	return fmt.Sprintf("side %d", uint8(s))
}

// A Price is in cents.
type Price int64

// String returns the price as 100.25.
func (p Price) String() string { return fmt.Sprintf("%d.%02d", p/100, p%100) }

// A Quantity is a number of shares.
type Quantity int64

// An Order asks to trade at its price or a better one. What cannot be traded at once rests in the book.
type Order struct {
	Side     Side
	Price    Price
	Quantity Quantity
}

// check returns what is wrong with the order.
func (o Order) check() error {
	switch {
	case o.Side != Buy && o.Side != Sell:
		return &BadOrder{Order: o, Why: "it neither buys nor sells"}
	case o.Price <= 0:
		return &BadOrder{Order: o, Why: "its price is not above zero"}
	case o.Quantity <= 0:
		return &BadOrder{Order: o, Why: "its quantity is not above zero"}
	}
	return nil
}

// A BadOrder is returned for an order that no book takes.
//
//actor:error
type BadOrder struct {
	Order Order
	Why   string
}

// Error tells what is wrong with the order.
func (e *BadOrder) Error() string {
	return fmt.Sprintf("%v %d at %v: %s", e.Order.Side, e.Order.Quantity, e.Order.Price, e.Why)
}

// A Receipt says what became of an order.
type Receipt struct {
	Order   uint64   // its number, from 1
	Filled  Quantity // traded at once
	Resting Quantity // left in the book
}

// A Trade is between an order that has come and one that rested.
type Trade struct {
	Number   uint64 // from 1
	Taker    uint64 // the number of the order that has come
	Maker    uint64 // and of the one that rested
	Side     Side   // of the taker
	Price    Price  // of the maker
	Quantity Quantity
}
