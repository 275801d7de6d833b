package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// CellLimit is the number of bytes that the arguments of a cast may take in a work cell.
const CellLimit = 48

// A Cell is the part of an actor's work cells that holds the arguments of its casts: a struct whose fields are
// shared between casts by identical type.
type Cell struct {
	Slots []*Slot
	Size  int64 // in bytes, on a 64-bit machine

	places map[*Handler][]*Slot
}

// A Slot is one field of a cell.
type Slot struct {
	Name  string
	Type  *Type
	Users []string // the parameters it holds: "Move from"
}

// IsFramed tells whether a cast's arguments do not fit into the cell and travel in a frame, as a call's do.
func (c *Cell) IsFramed(h *Handler) bool {
	_, ok := c.places[h]
	return h.Oneway() && !ok
}

// Slot returns the field that holds the cast's i-th parameter.
func (c *Cell) Slot(h *Handler, i int) *Slot { return c.places[h][i] }

// Cell lays out the work cells of an actor or contract. The smallest casts are placed first; those that do not fit are framed.
func (c *Contract) Cell() *Cell {
	cell := &Cell{places: map[*Handler][]*Slot{}}
	var casts []*Handler
	for _, h := range c.Handlers {
		if h.Oneway() {
			casts = append(casts, h)
		}
	}
	slices.SortStableFunc(casts, func(g, h *Handler) int { return cmp.Compare(g.argBytes(), h.argBytes()) })
	for _, h := range casts {
		cell.place(h)
	}
	cell.order(c)
	return cell
}

func (h *Handler) argBytes() (sum int64) {
	for _, p := range h.Params {
		sum += p.Type.Size
	}
	return sum
}

// place gives each parameter of the cast a slot of its type, new ones where those there are do not suffice.
func (c *Cell) place(h *Handler) {
	slots := slices.Clone(c.Slots)
	var places []*Slot
	for _, p := range h.Params {
		i := slices.IndexFunc(slots, func(s *Slot) bool {
			return s.Type.Text == p.Type.Text && !slices.Contains(places, s)
		})
		if i < 0 {
			i = len(slots)
			slots = append(slots, &Slot{Type: p.Type})
		}
		places = append(places, slots[i])
	}
	if size := sizeOf(slots); size <= CellLimit {
		c.Slots, c.Size = slots, size
		c.places[h] = places
	}
}

// sizeOf is the size of a struct of the slots, ordered so that there is no padding between them.
func sizeOf(slots []*Slot) int64 {
	var size, align int64 = 0, 1
	for _, s := range slots {
		size += s.Type.Size
		align = max(align, s.Type.Align)
	}
	return (size + align - 1) / align * align
}

// order sorts the slots, names them, and notes in each who uses it.
func (c *Cell) order(of *Contract) {
	slices.SortStableFunc(c.Slots, func(s, t *Slot) int {
		if (s.Type.Size == 0) != (t.Type.Size == 0) {
			return cmp.Compare(s.Type.Size, t.Type.Size) // an empty last field would be padded
		}
		return cmp.Compare(t.Type.Align, s.Type.Align)
	})
	taken := map[string]bool{}
	for _, s := range c.Slots {
		base := slotBase(s.Type)
		for i := 0; s.Name == "" || taken[s.Name]; i++ {
			s.Name = fmt.Sprintf("%s%d", base, i)
		}
		taken[s.Name] = true
	}
	for _, h := range of.Handlers {
		for i, s := range c.places[h] {
			s.Users = append(s.Users, h.Name+" "+h.ParamName(i))
		}
	}
}

// slotBase makes the name of a slot from its type: string, int64s, big, bytes, counterRef.
func slotBase(t *Type) string {
	base := "value"
	switch t.Kind {
	case Basic:
		base = t.Name
	case Defined:
		base = Lower(t.Named.Name)
	case Pointer:
		base = slotBase(t.Elem) + "Ptr"
	case Slice:
		base = slotBase(t.Elem) + "List"
		if t.IsBytes() {
			base = "bytes"
		}
	case Array:
		base = "array"
	case Map:
		base = "map"
	case Chan:
		base = "chan"
	case Func:
		base = "func"
	}
	base = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, base)
	if last := base[len(base)-1]; '0' <= last && last <= '9' {
		base += "s" // so that the number stands apart
	}
	return base
}

// ParamName is what the i-th parameter is called in generated comments: its name, or arg and its number.
func (h *Handler) ParamName(i int) string {
	if name := h.Declared()[i].Name; name != "" && name != "_" {
		return name
	}
	return fmt.Sprintf("arg%d", i)
}
