package bank

import "strconv"

// Money is an amount in cents.
type Money int64

// String writes the amount with a point before the cents and commas between thousands, such as "-1,234.56".
func (m Money) String() string {
	digits := strconv.FormatInt(int64(m), 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	for len(digits) < 3 {
		digits = "0" + digits
	}
	whole, cents := digits[:len(digits)-2], digits[len(digits)-2:]
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return sign + whole + "." + cents
}
