package actor

import "testing"

// A code that this version does not know, from a later one or a hostile peer, must not lead out of any table.
func TestUnknownCodeFromAnotherProc(t *testing.T) {
	b := appendError(nil, &Error{Code: 250, Text: "x"})
	e, err := readError(b, &errorVars{})
	if err != nil || e.Code != CodeHandler || e.Text != "x" {
		t.Fatal(e, err)
	}
}
