package model

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/actorgen/actorgen/codec"
)

// The default limits of what a decoder accepts.
const (
	DefaultLimit = codec.MaxElements // elements of a slice or map
	BytesLimit   = codec.MaxBytes    // bytes of a []byte
)

// A Tag is what a field's `msg:"name,limit=N"` says.
type Tag struct {
	Name  string // on the wire
	Omit  bool   // msg:"-"
	Limit uint32 // elements of slices and maps in the field; 0 if it says nothing
}

// malformed is a tag in which no value follows msg: where a key may stand, so that package reflect does not find it.
var malformed = regexp.MustCompile(`^(?:\s*[^\s":]+:"(?:[^"\\]|\\.)*")*\s*msg:(?:[^"]|$)`)

// ParseTag reads the field's msg tag. The error tells what is wrong with it.
func (f *Field) ParseTag() (Tag, error) {
	tag := Tag{Name: f.Name}
	text, ok := reflect.StructTag(f.Tag).Lookup("msg")
	if !ok {
		if strings.Contains(f.Tag, "msg:") && malformed.MatchString(f.Tag) {
			return tag, errors.New("quotation marks are missing")
		}
		return tag, nil
	}
	if text == "-" {
		tag.Omit = true
		return tag, nil
	}
	name, options, _ := strings.Cut(text, ",")
	if name != "" {
		tag.Name = name
	}
	for option := range strings.SplitSeq(options, ",") {
		if option == "" {
			continue
		}
		key, value, _ := strings.Cut(option, "=")
		if key != "limit" {
			return tag, fmt.Errorf("unknown option %q", option)
		}
		n, err := strconv.ParseUint(value, 10, 31)
		if err != nil || n == 0 {
			return tag, fmt.Errorf("limit %q is not a number from 1 to %d", value, 1<<31-1)
		}
		tag.Limit = uint32(n)
	}
	return tag, nil
}

// Omitted tells whether the field stays at home.
func (f *Field) Omitted() bool {
	tag, _ := f.ParseTag()
	return tag.Omit || f.Dropped || f.Name == "_"
}
