// Package ledger reads the bank's ledgers: CSV files of transfers, one a row, with the columns
// id, from, to, cents and note.
//
// Ledgers come from people and from other programs, so the package expects the worst of them and loses
// neither its place nor a row: a Reader cuts the input into records and remembers the line of each; Parse
// turns one record into a Row, or says with a *Malformed what is wrong with it. The two are apart so that
// a record can travel, as it was found, to whoever judges it.
package ledger

import (
	"strconv"
	"strings"
)

// MaxRecord is the largest record in bytes. A longer one is malformed.
const MaxRecord = 16 << 10

// maxLines is how many lines a record may have. It bounds what one quote that was never closed can swallow.
const maxLines = 32

// A Record is one row of a ledger as it was found, and not yet judged.
//
//actor:message
type Record struct {
	Line int    // the line of its first character; the first line is 1
	Text string // without the line break at its end; those within its quotes are "\n"
}

// Malformed is why a record is no row.
//
//actor:error
type Malformed struct {
	Line int    // the line of the record's first character
	What string // what is wrong with it, to follow "row"
}

func (e *Malformed) Error() string {
	return "line " + strconv.Itoa(e.Line) + ": the row " + e.What
}

// scan splits the text of a record into its fields. It reports a quote that is still open at the end of the
// text, which the next line may close, apart from a fault that no further line can mend.
func scan(text string) (fields []string, open bool, fault string) {
	for {
		var field string
		if strings.HasPrefix(text, `"`) {
			var closed bool
			field, text, closed = unquote(text[1:])
			switch {
			case !closed:
				return nil, true, ""
			case text != "" && text[0] != ',':
				return nil, false, "has text between a closing quote and the next comma: write a quote within quotes twice"
			}
		} else {
			end := strings.IndexByte(text, ',')
			if end < 0 {
				end = len(text)
			}
			field, text = text[:end], text[end:]
			if strings.Contains(field, `"`) {
				return nil, false, "has a quote in a field that does not begin with one: quote the whole field"
			}
		}
		fields = append(fields, field)
		if text == "" {
			return fields, false, ""
		}
		text = text[1:] // the comma
	}
}

// unquote reads a quoted field from behind its opening quote, and returns what follows its closing one.
func unquote(text string) (field, rest string, closed bool) {
	start := 0
	var doubled strings.Builder
	for {
		i := strings.IndexByte(text[start:], '"')
		if i < 0 {
			return "", "", false
		}
		i += start
		if !strings.HasPrefix(text[i+1:], `"`) {
			doubled.WriteString(text[start:i])
			return doubled.String(), text[i+1:], true
		}
		doubled.WriteString(text[start : i+1])
		start = i + 2
	}
}
