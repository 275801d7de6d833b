// Command makeledger writes the ledger that the bank is shipped with: the same 20,000 rows each time.
//
//	go run ./example/bank/makeledger >example/bank/ledger/ledger.csv
//
// The ledger is awkward in the ways real ones are, and it is fair: what becomes of a row does not depend on which
// of the rows around it is handled first. No account can pay out more than it opened with in the rows that are to
// be applied, and no account can ever own what the rows that are to be overdrafts ask for.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	_, err := out.WriteString(makeLedger())
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "makeledger: write the ledger:", err)
		os.Exit(1)
	}
}
