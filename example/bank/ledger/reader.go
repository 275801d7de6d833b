package ledger

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A Reader cuts a ledger into records. It is not safe for concurrent use.
//
// It skips blank lines, a byte order mark and a heading, and takes both kinds of line breaks. A quoted note may
// span lines. A record that spans lines and is malformed costs its first line only: reading goes on with the
// second, so that one quote that was never closed does not swallow the rows behind it.
type Reader struct {
	in     *bufio.Reader
	line   int      // the number of the line that was returned last
	ahead  []string // lines that were read already and put back
	begun  bool     // the first line has been read
	headed bool     // the first record has been seen
}

// NewReader returns a Reader that reads a ledger from in.
func NewReader(in io.Reader) *Reader {
	return &Reader{in: bufio.NewReaderSize(in, 64<<10)}
}

// Next returns the next record. It returns io.EOF at the end of the ledger, and the error of the
// underlying reader, with the line where it happened, if that fails.
func (r *Reader) Next() (Record, error) {
	for {
		first, err := r.next()
		if err != nil {
			return Record{}, err
		}
		if strings.TrimSpace(first) == "" {
			continue
		}
		record := Record{Line: r.line, Text: first}
		if record.Text, err = r.extend(first); err != nil {
			return Record{}, err
		}
		if !r.headed {
			r.headed = true
			if isHeading(record.Text) {
				continue
			}
		}
		return record, nil
	}
}

// extend returns the record that begins with first, which takes in the lines behind it while a quote is open.
func (r *Reader) extend(first string) (string, error) {
	text := first
	var taken []string
	for {
		_, open, fault := scan(text)
		if fault == "" && !open {
			return text, nil
		}
		if fault == "" && len(taken) < maxLines-1 && len(text) <= MaxRecord {
			next, err := r.next()
			if err == nil {
				taken = append(taken, next)
				text += "\n" + next
				continue
			}
			if !errors.Is(err, io.EOF) {
				return "", err
			}
		}
		r.line -= len(taken)
		r.ahead = append(taken, r.ahead...)
		return first, nil
	}
}

// next returns the next line without its line break.
func (r *Reader) next() (string, error) {
	if len(r.ahead) > 0 {
		line := r.ahead[0]
		r.ahead = r.ahead[1:]
		r.line++
		return line, nil
	}
	line, err := r.read()
	if err != nil {
		return "", err
	}
	r.line++
	if !r.begun {
		r.begun = true
		line = strings.TrimPrefix(line, "\ufeff")
	}
	return line, nil
}

// read reads one line. Of a line that is too long for a record it keeps no more than shows that it is.
func (r *Reader) read() (string, error) {
	var line []byte
	for {
		part, err := r.in.ReadSlice('\n')
		if keep := MaxRecord + 2 - len(line); keep > 0 {
			line = append(line, part[:min(keep, len(part))]...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(line) > 0: // the last line, without a line break
		case errors.Is(err, io.EOF):
			return "", io.EOF
		case err != nil:
			return "", fmt.Errorf("read the ledger behind line %d: %w", r.line, err)
		}
		text := strings.TrimSuffix(string(line), "\n")
		return strings.TrimSuffix(text, "\r"), nil
	}
}

// isHeading tells whether a record names the columns instead of filling them.
func isHeading(text string) bool {
	fields, _, _ := scan(text)
	return len(fields) == columns && strings.EqualFold(strings.Join(fields, ","), "id,from,to,cents,note")
}
