package ledger_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/actorgen/actorgen/example/bank/ledger"
)

// records reads all there is.
func records(t testing.TB, in io.Reader) []ledger.Record {
	t.Helper()
	var all []ledger.Record
	r := ledger.NewReader(in)
	for {
		record, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, record)
	}
}

func TestReaderCutsALedgerIntoRecordsWithTheirLines(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 3*ledger.MaxRecord)
	tests := map[string]struct {
		in   string
		want []ledger.Record
	}{
		"empty":                    {"", nil},
		"a heading only":           {"id,from,to,cents,note\n", nil},
		"a heading in quotes":      {"\"ID\",From,To,Cents,Note\r\na,b\n", []ledger.Record{{2, "a,b"}}},
		"a second heading":         {"id,from,to,cents,note\nid,from,to,cents,note\n", []ledger.Record{{2, "id,from,to,cents,note"}}},
		"no heading":               {"a\nb\n", []ledger.Record{{1, "a"}, {2, "b"}}},
		"no line break at the end": {"a\nb", []ledger.Record{{1, "a"}, {2, "b"}}},
		"a byte order mark":        {"\ufeffid,from,to,cents,note\na", []ledger.Record{{2, "a"}}},
		"both kinds of line break": {"a\r\nb\nc\r\n", []ledger.Record{{1, "a"}, {2, "b"}, {3, "c"}}},
		"blank lines":              {"\n\na\n \t\n\r\nb\n\n", []ledger.Record{{3, "a"}, {6, "b"}}},
		"a note of three lines":    {"a,\"1\r\n\n3\"\nb\n", []ledger.Record{{1, "a,\"1\n\n3\""}, {4, "b"}}},
		"a comma and two quotes":   {"a,\"1, \"\"2\"\"\"\nb\n", []ledger.Record{{1, "a,\"1, \"\"2\"\"\""}, {2, "b"}}},
		"a quote that stays open":  {"a,\"1\nb\nc", []ledger.Record{{1, "a,\"1"}, {2, "b"}, {3, "c"}}},
		"one at the very end":      {"a\n\"", []ledger.Record{{1, "a"}, {2, "\""}}},
		"a quote that another row's quote closes": {
			"a,\"1\nb,\"2\"\nc,\"3\n4\"\nd",
			[]ledger.Record{{1, "a,\"1"}, {2, "b,\"2\""}, {3, "c,\"3\n4\""}, {5, "d"}},
		},
		"a quote in a bare field": {"a,5\" pipe\nb", []ledger.Record{{1, "a,5\" pipe"}, {2, "b"}}},
		"a line that is too long": {"a\n" + long + "\nb", []ledger.Record{{1, "a"}, {2, long[:ledger.MaxRecord+2]}, {3, "b"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := records(t, strings.NewReader(test.in)); !slices.Equal(got, test.want) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
			if got := records(t, iotest.OneByteReader(strings.NewReader(test.in))); !slices.Equal(got, test.want) {
				t.Errorf("byte by byte, got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestReaderSaysWhereReadingFailed(t *testing.T) {
	t.Parallel()
	cause := errors.New("the disk is on fire")
	r := ledger.NewReader(io.MultiReader(strings.NewReader("a\nb\n"), iotest.ErrReader(cause)))
	for range 2 {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
	}
	_, err := r.Next()
	if !errors.Is(err, cause) || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("got %v", err)
	}
}

func TestReaderFailsWithinANote(t *testing.T) {
	t.Parallel()
	cause := errors.New("the disk is on fire")
	r := ledger.NewReader(io.MultiReader(strings.NewReader("a,\"1\n2\n"), iotest.ErrReader(cause)))
	if record, err := r.Next(); !errors.Is(err, cause) {
		t.Errorf("got %v, %v", record, err)
	}
}

// FuzzReader checks that whatever the input, each line of it that is not blank is in the record of its line or in
// the one before it, that line numbers rise, and that each record is a row or is malformed on its own line.
func FuzzReader(f *testing.F) {
	f.Add("id,from,to,cents,note\n1,a,b,5,\"x\ny\"\n2,a,b,5,\"z\n3,a,b,5,\"\"\"\"\n")
	f.Add("\"\n\"\n\"a\"b\n\r\n\xff")
	f.Fuzz(func(t *testing.T, in string) {
		lines := strings.Split(strings.TrimPrefix(in, "\ufeff"), "\n")
		next := 1
		for i, record := range records(t, strings.NewReader(in)) {
			for ; next < record.Line; next++ {
				line := strings.TrimSpace(lines[next-1])
				if line != "" && i > 0 {
					t.Fatalf("line %d is in no record: %q", next, line)
				}
			}
			next += strings.Count(record.Text, "\n") + 1
			if next-1 > len(lines) {
				t.Fatalf("record %q of line %d is longer than the ledger", record.Text, record.Line)
			}
			row, err := ledger.Parse(record)
			if malformed := (*ledger.Malformed)(nil); err != nil && (!errors.As(err, &malformed) || malformed.Line != record.Line) {
				t.Fatalf("line %d: %v", record.Line, err)
			}
			if err == nil && (row.Line != record.Line || row.ID == "" || row.From == "" || row.To == "" || row.Cents <= 0) {
				t.Fatalf("row %+v", row)
			}
		}
	})
}
