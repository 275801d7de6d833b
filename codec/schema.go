package codec

import (
	"crypto/sha256"
	"encoding/binary"
)

// ID is the number under which a handler is known on the wire. Its name is "<import path>.<Type>.<Method>", or what
// name= and id= put in the place of parts of it. It never is 0.
func ID(name string) uint64 { return number("handler\x00" + name) }

// SchemaID is the number of a handler's schema: the canonical text of its kind and of the types of its arguments and
// result. Two sides that have the same number mean the same. It never is 0.
func SchemaID(schema string) uint64 { return number("schema\x00" + schema) }

// number is the first eight bytes of the text's SHA-256, big-endian. Other implementations can compute it.
func number(text string) uint64 {
	sum := sha256.Sum256([]byte(text))
	return max(1, binary.BigEndian.Uint64(sum[:8]))
}
