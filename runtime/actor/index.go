package actor

import (
	"cmp"
	"iter"
	"slices"
)

// indexPage is how many actors a page of an index holds at most.
const indexPage = 256

// An index finds the actors of a proc by their numbers, in order. It is made when a tool first asks for one, and kept from then on under
// proc.tree: whoever does not use it does not pay for it.
type index struct {
	pages [][]numbered    // in order, none is empty
	gone  map[uint64]bool // while it is made, those that were taken out
}

// numbered is an actor in an index.
type numbered struct {
	serial uint64
	c      *core
}

func bySerial(n numbered, serial uint64) int { return cmp.Compare(n.serial, serial) }

// page returns the place of the page that a number belongs on.
func (x *index) page(serial uint64) int {
	i, exact := slices.BinarySearchFunc(x.pages, serial, func(page []numbered, serial uint64) int { return bySerial(page[0], serial) })
	if !exact && i > 0 {
		i--
	}
	return i
}

// add adds an actor. Most have the highest number so far.
func (x *index) add(c *core) {
	n := numbered{c.serial, c}
	i := len(x.pages) - 1
	if i < 0 || x.pages[i][len(x.pages[i])-1].serial < n.serial {
		if i < 0 || len(x.pages[i]) == indexPage {
			x.pages = append(x.pages, make([]numbered, 0, indexPage))
			i++
		}
		x.pages[i] = append(x.pages[i], n)
		return
	}
	i = x.page(n.serial)
	page := x.pages[i]
	at, there := slices.BinarySearchFunc(page, n.serial, bySerial)
	if there {
		return
	}
	if len(page) == indexPage {
		upper := append(make([]numbered, 0, indexPage), page[indexPage/2:]...)
		clear(page[indexPage/2:])
		x.pages[i] = page[:indexPage/2]
		x.pages = slices.Insert(x.pages, i+1, upper)
		x.add(c)
		return
	}
	x.pages[i] = slices.Insert(page, at, n)
}

// remove takes an actor out.
func (x *index) remove(serial uint64) {
	if x.gone != nil {
		x.gone[serial] = true
	}
	if len(x.pages) == 0 {
		return
	}
	i := x.page(serial)
	at, there := slices.BinarySearchFunc(x.pages[i], serial, bySerial)
	if !there {
		return
	}
	if x.pages[i] = slices.Delete(x.pages[i], at, at+1); len(x.pages[i]) == 0 {
		x.pages = slices.Delete(x.pages, i, i+1)
	}
}

// after appends the actors with the next higher numbers to into, as many as there is room for.
func (x *index) after(serial uint64, into []numbered) []numbered {
	if len(x.pages) == 0 {
		return into
	}
	for i := x.page(serial); i < len(x.pages); i++ {
		at, there := slices.BinarySearchFunc(x.pages[i], serial, bySerial)
		if there {
			at++
		}
		rest := x.pages[i][at:]
		if into = append(into, rest[:min(len(rest), cap(into)-len(into))]...); len(into) == cap(into) {
			break
		}
	}
	return into
}

// indexed returns the index, made now if need be. Actors go on meanwhile: what comes is added, what goes is noted, and the
// rest is what a walk finds.
func (p *Proc) indexed() *index {
	p.indexing.Lock()
	defer p.indexing.Unlock()
	p.tree.Lock()
	x := p.index
	if x != nil {
		p.tree.Unlock()
		return x
	}
	x = &index{gone: make(map[uint64]bool)}
	p.index = x
	p.tree.Unlock()

	var all []numbered
	walk{proc: p, deepest: -1}.all(func(c *core, _ int) bool {
		all = append(all, numbered{c.serial, c})
		return true
	})
	slices.SortFunc(all, func(a, b numbered) int { return cmp.Compare(a.serial, b.serial) })
	old := &index{}
	for page := range slices.Chunk(all, indexPage) {
		old.pages = append(old.pages, append(make([]numbered, 0, indexPage), page...))
	}
	p.tree.Lock()
	defer p.tree.Unlock()
	for _, page := range x.pages {
		for _, n := range page {
			old.add(n.c)
		}
	}
	for serial := range x.gone {
		old.remove(serial)
	}
	x.pages, x.gone = old.pages, nil
	return x
}

// Named returns the actor that has the name, of whatever kind, one that is starting included. It is for tools; programs
// use the Lookup… of the kind.
func (p *Proc) Named(name string) (Handle, bool) {
	c := p.names.any(name)
	return Handle{c}, c != nil
}

// Numbered returns the living actor of a serial number. It is for tools: from the first use on the proc keeps an index by number, which takes 16
// bytes an actor and some 100 ns of each spawn and stop.
func (p *Proc) Numbered(serial uint64) (Handle, bool) {
	for h := range p.After(serial - 1) { // there is no number 0, and none higher than all
		if h.c.serial == serial {
			return h, true
		}
		break
	}
	return Handle{}, false
}

// After yields the actors that live and have a higher serial number, in the order of their numbers: for lists that are shown page by page.
// Numbers are not used again, so the last one of a page is where the next begins, whatever has become of its actor. Otherwise it is as
// Actors, and as Numbered it keeps an index.
func (p *Proc) After(serial uint64) iter.Seq[Handle] {
	return func(yield func(Handle) bool) {
		x := p.indexed()
		var room [walkStep]numbered
		for {
			p.tree.Lock()
			some := x.after(serial, room[:0])
			p.tree.Unlock()
			if len(some) == 0 {
				return
			}
			for _, n := range some {
				if serial = n.serial; n.c.st.Load()&ended == 0 && !yield(Handle{n.c}) {
					return
				}
			}
		}
	}
}
