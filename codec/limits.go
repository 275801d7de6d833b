package codec

// Limits that hold unless something else is set. They bound what one message can make a receiver allocate.
const (
	// MaxFrame is the size of the largest message, envelope included, in bytes. One message should not hold up those
	// behind it on a link for long: at 1 GB/s a MiB takes a millisecond. remote.MaxFrame sets another one.
	MaxFrame = 1 << 20

	// MaxElements is the largest number of elements of a slice or map in a message. A decoder makes room for what the
	// header of a slice announces before it has seen the elements, and an empty element takes one byte on the wire
	// but perhaps a hundred in memory. The tag `limit=N` sets another one for a field.
	MaxElements = 1 << 16

	// MaxBytes is the largest length of a []byte in a message, in bytes: whatever fits a frame, since its bytes have
	// to be there before they are copied. The tag `limit=N` sets another one for a field.
	MaxBytes = MaxFrame

	// MaxNesting is how deep arrays and maps may lie within each other in a value of a recursive type, or in one that is
	// skipped. A byte per level would otherwise buy a hostile sender a stack frame.
	MaxNesting = 512

	// MaxDepth is how deep arrays and maps are followed in a value that is kept raw, for a reader.
	MaxDepth = 64

	// MaxText is the length in bytes of the text that Raw.String gives, an error in a log being the usual place for it.
	MaxText = 512
)
