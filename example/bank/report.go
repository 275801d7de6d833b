package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/actorgen/actorgen/example/bank/bank"
)

// report writes what became of the ledger. It names at most so many lines for each reason; all if that is negative.
func (t *tally) report(out io.Writer, most int) error {
	w := bufio.NewWriter(out)
	p := func(format string, args ...any) {
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf(format, args...), " "))
	}
	p("ledger           %s", t.source)
	p("rows read        %10s  in %v, %d at a time, to line %s", group(t.read), t.elapsed.Round(time.Millisecond), t.clerks, group(t.lastLine))
	p("applied          %10s  %v moved", group(len(t.applied)), t.moved)
	p("refused          %10s  %s", group(t.refusals()), t.refusedBy())
	for reason, rows := range t.refused {
		if len(rows) > 0 {
			p("  %-15s%10s  %s", reasonNames[reason], group(len(rows)), lines(rows, most))
		}
	}
	p("in doubt         %10s  %s", group(len(t.inDoubt)), lines(t.inDoubt, -1))
	if len(t.notDone) > 0 {
		p("not carried out  %10s  %s", group(len(t.notDone)), lines(t.notDone, most))
	}
	p("")
	t.reportMoney(p)
	p("")
	t.reportCalls(p)
	t.reportTrouble(p)
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// refusedBy says where the refusals came from.
func (t *tally) refusedBy() string {
	switch n := t.refusals(); {
	case n == 0:
		return ""
	case t.crossed == n:
		return "each by a typed error from the other process"
	default:
		return fmt.Sprintf("%s of them by a typed error from the other process", group(t.crossed))
	}
}

// reportMoney writes the proof that no money was made or lost, or what is missing for it.
func (t *tally) reportMoney(p func(string, ...any)) {
	p("money                  before             after         set aside")
	var before, after bank.Books
	lost := false
	for _, b := range t.audit.branches {
		before.Balance += b.before.Total()
		after.Balance += b.after.Balance
		after.Reserved += b.after.Reserved
		if b.lost {
			lost = true
			p("  %-8s %18v           unknown           unknown", b.name, b.before.Total())
			continue
		}
		p("  %-8s %18v%18v%18v", b.name, b.before.Total(), b.after.Balance, b.after.Reserved)
	}
	switch {
	case t.proven():
		p("  %-8s %18v%18v%18v", "both", before.Balance, after.Balance, after.Reserved)
		p("no money was made or lost: the sums are equal, and each account has booked just the rows that were applied")
	case len(t.audit.wrong) > 0:
		p("THE BOOKS DO NOT AGREE:")
		for i, wrong := range t.audit.wrong {
			if i == 20 {
				p("  and %s more", group(len(t.audit.wrong)-i))
				break
			}
			p("  %s", wrong)
		}
	case lost:
		p("the books of the south went with its process; those of the north agree with the rows")
	default:
		p("no money was made or lost, but some is still set aside: the rows in doubt, or not carried out, say why")
	}
}

// reportCalls writes how many calls were made, and how fast.
func (t *tally) reportCalls(p func(string, ...any)) {
	p("calls             for the rows  per second     in the audit  per second")
	made := []int{t.calls.Within, t.calls.Across}
	for i, b := range t.audit.branches {
		name := []string{"in a process", "across"}[i]
		p("  %-14s %12s%12s %16s%12s", name, group(made[i]), group(perSecond(made[i], t.elapsed)), group(b.asked), group(perSecond(b.asked, b.took)))
	}
}

// reportTrouble writes why a run is not what it should be.
func (t *tally) reportTrouble(p func(string, ...any)) {
	if t.interrupted {
		p("\ninterrupted: nothing behind line %s was carried out", group(t.lastLine))
	}
	if t.readErr != nil {
		p("\nstopped: %v", t.readErr)
	}
	if t.southErr != nil {
		p("\nstopped: %v", t.southErr)
		p("nothing behind line %s was carried out", group(t.lastLine))
	}
	reportRows(p, "in doubt", t.inDoubt)
	reportRows(p, "not carried out", t.notDone)
}

// reportRows names the rows that came to nothing, or perhaps to nothing, under the reason that they have in common.
func reportRows(p func(string, ...any), what string, rows []outcome) {
	var reasons []string
	byReason := make(map[string][]outcome)
	for _, out := range rows {
		why := flat(out.err)
		if byReason[why] == nil {
			reasons = append(reasons, why)
		}
		byReason[why] = append(byReason[why], out)
	}
	for _, why := range reasons {
		p("\n%s: %s", what, why)
		var unread []outcome // rows of which nothing is known but where they stand
		for _, out := range byReason[why] {
			if out.order.ID == "" {
				unread = append(unread, out)
				continue
			}
			p("  line %d: %v from %s to %s", out.line, out.order.Amount, out.order.From.Name, out.order.To.Name)
		}
		if len(unread) > 0 {
			p("  %s", lines(unread, -1))
		}
	}
}

// flat writes an error in one line.
func flat(err error) string {
	if err == nil {
		err = errors.New("no error")
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}

// lines names the lines of rows, at most so many.
func lines(rows []outcome, most int) string {
	if len(rows) == 0 || most == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("line")
	if len(rows) > 1 {
		b.WriteString("s")
	}
	for i, row := range rows {
		if i == most {
			fmt.Fprintf(&b, " and %s more", group(len(rows)-i))
			break
		}
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, " %d", row.line)
	}
	return b.String()
}

// perSecond returns a rate; 0 for no time at all.
func perSecond(n int, d time.Duration) int {
	if d <= 0 {
		return 0
	}
	return int(float64(n) / d.Seconds())
}

// group writes a number with commas between thousands.
func group(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
