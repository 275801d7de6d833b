package random

import (
	"go/scanner"
	"go/token"
	"math/rand/v2"
	"slices"
	"strings"
)

// words are put in the place of others: types, names and directives' words that mean something to somebody.
var words = []string{
	"int", "string", "error", "any", "byte", "uintptr", "float64", "bool", "len", "nil", "append", "chan int", "func()", "*int", "[]byte", "[2]int",
	"map[string]int", "struct{}", "interface{}", "time.Time", "context.Context", "*actor.Context", "actor", "handler", "message", "oneway", "local",
	"inline", "reentrant", "name=", "id=x", "id=x", "union", "contract", "b", "z", "err", "bts", "o", "s", "h", "ctx", "value", "call", "args", "c", "p",
	"Ref", "Init", "Cleanup", "String", "MarshalMsg", "BindRefs", "Error", "_", "T", "A", "...", "comparable", "type", "=", "*", "[]", "&", "`msg:\"x\"`",
	"`msg:\"-\"`", "`msg:\"x,limit=1\"`", "`json:\"-\"`", "main", "iota", "new", "make", "clear", "codec", "msgp", "sync", "time",
}

// Mutate changes a Go source in a few places: tokens, lines, bytes.
func Mutate(rng *rand.Rand, src string) string {
	for range 1 + rng.IntN(2)*rng.IntN(3) {
		switch rng.IntN(10) {
		case 0:
			src = mutateBytes(rng, src)
		case 1, 2:
			src = mutateLines(rng, src)
		case 3:
			src = mutateDirective(rng, src)
		default:
			src = mutateTokens(rng, src)
		}
	}
	return src
}

func mutateBytes(rng *rand.Rand, src string) string {
	b := []byte(src)
	if len(b) == 0 {
		return "x"
	}
	at := rng.IntN(len(b))
	switch rng.IntN(4) {
	case 0:
		b[at] = byte(rng.Uint32())
	case 1:
		b = slices.Delete(b, at, min(len(b), at+1+rng.IntN(8)))
	case 2:
		b = slices.Insert(b, at, []byte("\"{(`\x00\n*/名")[rng.IntN(11)])
	default:
		b = b[:at]
	}
	return string(b)
}

func mutateLines(rng *rand.Rand, src string) string {
	lines := strings.Split(src, "\n")
	i, j := rng.IntN(len(lines)), rng.IntN(len(lines))
	switch rng.IntN(3) {
	case 0:
		lines = slices.Delete(lines, i, i+1)
	case 1:
		lines = slices.Insert(lines, j, lines[i])
	default:
		lines[i], lines[j] = lines[j], lines[i]
	}
	return strings.Join(lines, "\n")
}

// mutateDirective changes a line that begins as a directive does.
func mutateDirective(rng *rand.Rand, src string) string {
	lines := strings.Split(src, "\n")
	var found []int
	for i, line := range lines {
		if strings.HasPrefix(strings.TrimSpace(line), "//actor:") {
			found = append(found, i)
		}
	}
	if len(found) == 0 {
		return mutateTokens(rng, src)
	}
	i := found[rng.IntN(len(found))]
	parts := strings.Fields(lines[i])
	switch rng.IntN(4) {
	case 0:
		parts = append(parts, words[rng.IntN(len(words))])
	case 1:
		parts = parts[:len(parts)-1]
	case 2:
		parts[rng.IntN(len(parts))] = "//actor:" + []string{"actor", "handler", "message", "error", "union", "contract"}[rng.IntN(6)]
	default:
		parts = append(parts, []string{"oneway", "local", "inline", "id=a", "name=b", "reentrant"}[rng.IntN(6)])
	}
	lines[i] = strings.Join(parts, " ")
	return strings.Join(lines, "\n")
}

// A span is a token's place.
type span struct {
	from, to int
	name     bool
}

func tokens(src string) []span {
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(src))
	var s scanner.Scanner
	s.Init(file, []byte(src), func(token.Position, string) {}, 0)
	var found []span
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			return found
		}
		if text == "" {
			text = tok.String()
		}
		from := file.Offset(pos)
		if to := from + len(text); text != "\n" && to <= len(src) {
			found = append(found, span{from, to, tok == token.IDENT})
		}
	}
}

func mutateTokens(rng *rand.Rand, src string) string {
	list := tokens(src)
	if len(list) == 0 {
		return mutateBytes(rng, src)
	}
	t, other := list[rng.IntN(len(list))], list[rng.IntN(len(list))]
	replace := func(text string) string { return src[:t.from] + text + src[t.to:] }
	switch rng.IntN(8) {
	case 0:
		return replace("")
	case 1:
		return replace(src[t.from:t.to] + " " + src[t.from:t.to])
	case 2:
		return replace(src[other.from:other.to])
	}
	for range 20 { // a name becomes another one
		if t.name {
			break
		}
		t = list[rng.IntN(len(list))]
	}
	if rng.IntN(2) == 0 {
		for range 20 {
			if other.name {
				break
			}
			other = list[rng.IntN(len(list))]
		}
		return replace(src[other.from:other.to])
	}
	return replace(words[rng.IntN(len(words))])
}
