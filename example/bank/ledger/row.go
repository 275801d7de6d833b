package ledger

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// columns is how many fields a row has.
const columns = 5

// maxName is the longest id of a transfer, and the longest name of an account, in bytes.
const maxName = 64

// A Row is one transfer that somebody asks for.
type Row struct {
	Line  int    // the line of its first character; the first line is 1
	ID    string // names the transfer; 1 to 64 bytes
	From  string // the account that pays
	To    string // the account that is paid
	Cents int64  // the amount, above zero; math.MaxInt64 stands for any amount from there on
	Note  string // what the transfer is for; it may have several lines
}

// Parse reads the row that a record holds. Its error is a *Malformed.
func Parse(record Record) (Row, error) {
	malformed := func(format string, args ...any) (Row, error) {
		return Row{}, &Malformed{Line: record.Line, What: fmt.Sprintf(format, args...)}
	}
	if len(record.Text) > MaxRecord {
		return malformed("is longer than %d bytes", MaxRecord)
	}
	if !utf8.ValidString(record.Text) {
		return malformed("is not UTF-8: convert the ledger")
	}
	fields, open, fault := scan(record.Text)
	switch {
	case open:
		return malformed("opens a quote and does not close it")
	case fault != "":
		return malformed("%s", fault)
	case len(fields) != columns:
		return malformed("has %d fields and not id, from, to, cents and note: quote a note with commas", len(fields))
	}
	for i, name := range []string{"id", "from", "to"} {
		switch {
		case strings.TrimSpace(fields[i]) == "":
			return malformed("has no %s", name)
		case len(fields[i]) > maxName:
			return malformed("has more than %[2]d bytes in %[1]q", name, maxName)
		}
	}
	cents, what := amount(fields[3])
	if what != "" {
		return malformed("%s", what)
	}
	return Row{Line: record.Line, ID: fields[0], From: fields[1], To: fields[2], Cents: cents, Note: fields[4]}, nil
}

// amount reads a number of cents, or says what is wrong with it. A number too large for an int64 is an amount all
// the same: whoever knows the limit refuses it, and not for its digits.
func amount(field string) (cents int64, what string) {
	digits := strings.TrimPrefix(field, "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, fmt.Sprintf("asks for %q: write the amount as a whole number of cents", cut(field))
	}
	if digits != field {
		return 0, "asks for a negative amount: exchange the two accounts"
	}
	cents, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return math.MaxInt64, ""
	case cents == 0:
		return 0, "moves nothing"
	}
	return cents, ""
}

// cut shortens what is quoted in an error.
func cut(field string) string {
	const most = 24
	if len(field) <= most {
		return field
	}
	return strings.ToValidUTF8(field[:most], "") + "..."
}
