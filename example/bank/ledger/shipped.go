package ledger

import (
	_ "embed" // for the shipped ledger
	"io"
	"strings"
)

//go:embed ledger.csv
var shipped string

// Shipped returns the ledger that the bank is shipped with: 20,000 rows, as awkward as those of real ledgers.
// The command makeledger makes it.
func Shipped() io.Reader { return strings.NewReader(shipped) }
