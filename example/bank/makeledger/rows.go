package main

import (
	"fmt"
	"strconv"
	"strings"
)

// What the ledger takes for granted about the bank; amounts are in cents.
const (
	perBranch = 200         // accounts of each branch, north-001 to north-200 and south-001 to south-200
	closed    = 4           // the last accounts of the south are closed
	opening   = 1_000_000   // what every other account opens with
	limit     = 100_000_000 // the most that one transfer may move
	hopeless  = 20_000_000  // more than any account can come to own
)

// A fate is what is to become of a row.
type fate int

const (
	applied fate = iota
	malformed
	duplicate
	selfTransfer
	unknownAccount
	overLimit
	accountClosed
	overdrawn
)

// fates is how many rows of each fate there are: 20,000 in all.
var fates = [...]int{
	applied:        19_200,
	malformed:      120,
	duplicate:      50,
	selfTransfer:   80,
	unknownAccount: 150,
	overLimit:      60,
	accountClosed:  90,
	overdrawn:      250,
}

// A maker makes the rows of a ledger, one behind the other.
type maker struct {
	dice
	out    strings.Builder
	rows   int            // made so far
	paid   map[string]int // what each account has paid in applied rows
	owned  map[string]int // what each account opened with and was paid: more than it can own at any time
	done   [][5]string    // the applied rows, for the duplicates
	broken int            // malformed rows made so far
}

// makeLedger returns the ledger.
func makeLedger() string {
	m := &maker{dice: 2, paid: map[string]int{}, owned: map[string]int{}}
	var deck []fate
	for i, rows := range fates {
		for range rows {
			deck = append(deck, fate(i))
		}
	}
	shuffle(&m.dice, deck)
	m.out.WriteString("id,from,to,cents,note\n")
	for _, fate := range deck {
		m.rows++
		m.row(fate)
		if m.rows%4_999 == 0 {
			m.out.WriteString("\n") // somebody likes some air
		}
	}
	return m.out.String()
}

// row makes one row of that fate.
func (m *maker) row(fate fate) {
	id := fmt.Sprintf("T%06d", m.rows)
	from, to, cents := m.account(), m.account(), m.between(1, 20_000)
	for to == from {
		to = m.account()
	}
	amount := ""
	switch fate {
	case applied:
		for m.paid[from]+cents > opening || to == from {
			from = m.account()
		}
		m.paid[from] += cents
		if m.owned[to] += cents; opening+m.owned[to] >= hopeless {
			panic("the ledger makes " + to + " so rich that its overdrafts may be covered")
		}
		m.done = append(m.done, [5]string{id, from, to, strconv.Itoa(cents), m.note()})
		m.write(m.done[len(m.done)-1])
		return
	case malformed:
		m.malformed(id, from, to, cents)
		return
	case duplicate:
		m.duplicate()
		return
	case selfTransfer:
		to = from
	case unknownAccount:
		if m.below(2) == 0 {
			from = m.nobody()
		} else {
			to = m.nobody()
		}
	case overLimit:
		switch m.below(3) {
		case 0:
			amount = strconv.Itoa(limit + m.between(1, 99))
		case 1:
			amount = strconv.Itoa(limit * m.between(2, 90_000_000_000))
		case 2: // does not fit an int64
			amount = "9223372036854775808" + strings.Repeat("0", m.below(20))
		}
	case accountClosed:
		name := fmt.Sprintf("south-%03d", m.between(perBranch-closed+1, perBranch))
		if m.below(3) == 0 {
			from = name
		} else {
			to = name
		}
	case overdrawn:
		cents = m.between(hopeless, limit)
	}
	if amount == "" {
		amount = strconv.Itoa(cents)
	}
	m.write([5]string{id, from, to, amount, m.note()})
}

// account returns the name of an account that is open.
func (m *maker) account() string {
	if m.below(2) == 0 {
		return fmt.Sprintf("north-%03d", m.between(1, perBranch))
	}
	return fmt.Sprintf("south-%03d", m.between(1, perBranch-closed))
}

// nobody returns what people write who mean an account and do not hit it.
func (m *maker) nobody() string {
	name := m.account()
	switch m.below(7) {
	case 0:
		return strings.ToUpper(name)
	case 1:
		return name + " "
	case 2:
		return name[:6] + "0" + name[6:]
	case 3:
		return name[:6] + strconv.Itoa(m.between(perBranch+1, 999))
	case 4:
		return name[:6] + "000"
	case 5:
		return "east" + name[5:]
	default:
		return strings.Replace(name, "o", "0", 1)
	}
}

// duplicate repeats an earlier row, or another one under its id.
func (m *maker) duplicate() {
	row := m.done[m.below(len(m.done))]
	if m.below(3) == 0 {
		row[4] = "second request"
	}
	m.write(row)
}

// write writes a row, as one of the programs would from which the rows come.
func (m *maker) write(row [5]string) {
	for i, field := range row {
		if i > 0 {
			m.out.WriteByte(',')
		}
		if m.rows%1_000 >= 960 || strings.ContainsAny(field, ",\"\r\n") {
			field = `"` + strings.ReplaceAll(field, `"`, `""`) + `"`
		}
		m.out.WriteString(field)
	}
	m.out.WriteString(m.lineBreak())
}

// lineBreak ends a line. One program in ten is from Windows.
func (m *maker) lineBreak() string {
	if m.rows/500%10 == 7 {
		return "\r\n"
	}
	return "\n"
}
