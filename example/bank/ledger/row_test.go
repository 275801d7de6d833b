package ledger_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/example/bank/ledger"
)

func TestParseReadsARow(t *testing.T) {
	t.Parallel()
	tests := map[string]ledger.Row{
		`t-1,ann,bob,250,rent`:                        {ID: "t-1", From: "ann", To: "bob", Cents: 250, Note: "rent"},
		`t-1,ann,bob,250,`:                            {ID: "t-1", From: "ann", To: "bob", Cents: 250},
		`"t,1","ann","bob","250",""`:                  {ID: "t,1", From: "ann", To: "bob", Cents: 250},
		`t-1,ann,bob,007,"a, ""b"",` + "\n" + `c"`:    {ID: "t-1", From: "ann", To: "bob", Cents: 7, Note: "a, \"b\",\nc"},
		`t-1,ann,bob,9223372036854775807,`:            {ID: "t-1", From: "ann", To: "bob", Cents: math.MaxInt64},
		`t-1,ann,bob,123456789012345678901234567890,`: {ID: "t-1", From: "ann", To: "bob", Cents: math.MaxInt64},
		`t-1, ann ,bob,5,=SUM(A1:A9)`:                 {ID: "t-1", From: " ann ", To: "bob", Cents: 5, Note: "=SUM(A1:A9)"},
	}
	for text, want := range tests {
		want.Line = 12
		got, err := ledger.Parse(ledger.Record{Line: 12, Text: text})
		if err != nil || got != want {
			t.Errorf("%s:\ngot  %+v, %v\nwant %+v", text, got, err, want)
		}
	}
}

func TestParseSaysWhatIsWrongWithARecord(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		``:                                              "has 1 fields",
		`t-1,ann,bob,5`:                                 "has 4 fields",
		`t-1,ann,bob,5,rent, and heating`:               "has 6 fields",
		`,ann,bob,5,x`:                                  "has no id",
		`t-1," ",bob,5,x`:                               "has no from",
		`t-1,ann,,5,x`:                                  "has no to",
		`t-1,ann,bob,,x`:                                `asks for ""`,
		`t-1,ann,bob,12.50,x`:                           `asks for "12.50"`,
		`t-1,ann,bob, 5,x`:                              `asks for " 5"`,
		`t-1,ann,bob,+5,x`:                              `asks for "+5"`,
		`t-1,ann,bob,1e3,x`:                             `asks for "1e3"`,
		`t-1,ann,bob,0x10,x`:                            `asks for "0x10"`,
		`t-1,ann,bob,1_000,x`:                           `asks for "1_000"`,
		`t-1,ann,bob,-,x`:                               `asks for "-"`,
		`t-1,ann,bob,٣,x`:                               `asks for "٣"`,
		`t-1,ann,bob,-5,x`:                              "negative",
		`t-1,ann,bob,-99999999999999999999,x`:           "negative",
		`t-1,ann,bob,000,x`:                             "moves nothing",
		`t-1,ann,bob,5,5" pipe`:                         "has a quote in a field",
		`t-1,ann,bob,5,"a"b`:                            "has text between a closing quote",
		`t-1,ann,bob,5,"a`:                              "opens a quote",
		"t-1,ann,bob,5,caf\xe9":                         "is not UTF-8",
		strings.Repeat("i", 65) + `,ann,bob,5,x`:        `has more than 64 bytes in "id"`,
		`t-1,` + strings.Repeat("i", 65) + `,bob,5,x`:   `has more than 64 bytes in "from"`,
		`t-1,ann,bob,5,` + strings.Repeat("i", 16<<10):  "is longer than 16384 bytes",
		`t-1,ann,bob,` + strings.Repeat("z", 999) + `,`: `asks for "zzzzzzzzzzzzzzzzzzzzzzzz..."`,
	}
	for text, want := range tests {
		_, err := ledger.Parse(ledger.Record{Line: 12, Text: text})
		malformed := new(ledger.Malformed)
		if !errors.As(err, &malformed) || malformed.Line != 12 || !strings.Contains(malformed.What, want) {
			t.Errorf("%q: got %v, want it to say %q", text, err, want)
		}
	}
}
