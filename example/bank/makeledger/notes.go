package main

import (
	"fmt"
	"strings"
)

// note returns what somebody wrote about a transfer.
func (m *maker) note() string {
	switch m.below(40) {
	case 0, 1:
		return ""
	case 2:
		return m.what() + ", " + m.what() + ", and " + m.what()
	case 3:
		return fmt.Sprintf(`%s, "%s"`, m.what(), m.who())
	case 4:
		return fmt.Sprintf("%s\nthanks, %s", m.what(), m.who())
	case 5:
		return fmt.Sprintf("Dear %s,\r\n\r\nthis is for the %s.\r\n", m.who(), m.what())
	case 6:
		return m.one("café, deux crèmes", "Miete für März", "房租", "спасибо", "gift \U0001f381", "naïve \"coöperation\"")
	case 7:
		return m.one("=SUM(A1:A9)", "-", "NULL", `\N`, `"`, ",", "''", "a\tb", "<b>rent</b>", "%s%d", "\"\n\"")
	case 8:
		if m.below(20) == 0 {
			return strings.Repeat(m.what()+"; ", m.between(50, 400))
		}
	}
	return m.what()
}

func (m *maker) what() string {
	return m.one("rent", "groceries", "invoice "+fmt.Sprint(m.between(1_000, 9_999)), "pocket money", "loan", "train tickets",
		"dinner on Friday", "dues", "wages", "repairs", "concert", "insurance", "fuel", "books", "flat 3, deposit", "bet")
}

func (m *maker) who() string {
	return m.one("Ann", "Bob", "Cleo", "Dmitri", "Ece", "Fatou", "Gus", "Hana O'Neil", "Iñaki", "J. \"Jo\" Smith")
}

// malformed writes what is meant to be a row. Each way to fail comes up in turn.
func (m *maker) malformed(id, from, to string, cents int) {
	ways := []string{
		fmt.Sprintf("%s,%s,%s", id, from, to),
		fmt.Sprintf("%s,%s,%s,%d", id, from, to, cents),
		fmt.Sprintf("%s,%s,%s,%d,rent, heating", id, from, to, cents),
		fmt.Sprintf("%s,%s,%s,1,250,rent", id, from, to),
		fmt.Sprintf("%s,%s,%s,%d.50,rent", id, from, to, cents),
		fmt.Sprintf("%s,%s,%s,EUR %d,rent", id, from, to, cents),
		fmt.Sprintf("%s,%s,%s,1.2E+05,from a spreadsheet", id, from, to),
		fmt.Sprintf("%s,%s,%s,#REF!,from a spreadsheet", id, from, to),
		fmt.Sprintf("%s,%s,%s,,how much?", id, from, to),
		fmt.Sprintf("%s,%s,%s,-%d,take back", id, from, to, cents),
		fmt.Sprintf("%s,%s,%s,0,test", id, from, to),
		fmt.Sprintf(",%s,%s,%d,no id", from, to, cents),
		fmt.Sprintf("%s,,%s,%d,from nobody", id, to, cents),
		fmt.Sprintf("%s,%s,,%d,to nobody", id, from, cents),
		fmt.Sprintf("%s,%s,%s,%d,5\" pipe", id, from, to, cents),
		fmt.Sprintf("%s,%s,%s,%d,\"the \"big\" one\"", id, from, to, cents),
		fmt.Sprintf("%s,%s,%s,%d,\"never closed", id, from, to, cents),
		fmt.Sprintf("%s,%s,%s,%d,caf\xe9", id, from, to, cents),
		fmt.Sprintf("%s;%s;%s;%d;semicolons", id, from, to, cents),
		fmt.Sprintf("%s\t%s\t%s\t%d\ttabs", id, from, to, cents),
		fmt.Sprintf("--- page %d ---", m.rows/50),
		"total,,,,",
		strings.Repeat("id", 40) + fmt.Sprintf(",%s,%s,%d,a hash for an id", from, to, cents),
	}
	text := ways[m.broken%len(ways)]
	if m.broken == 7 { // one row is a whole book
		text = fmt.Sprintf("%s,%s,%s,%d,%s", id, from, to, cents, strings.Repeat("lorem ipsum ", 1_500))
	}
	m.broken++
	m.out.WriteString(text + m.lineBreak())
}
