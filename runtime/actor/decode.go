package actor

import "fmt"

// What a type of the user's does when it decodes itself is its own affair, and what it is given may come from anybody: a panic there is the error of that
// message, and costs neither the link's reader nor the proc.

// broken makes an error of a panic.
func broken(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("decoding panicked: %v", p)
	}
}

// decode decodes the arguments of a cast that travel in its cell.
func (k *GenKind[S, C]) decode(b []byte, op uint16, args *C, p *Proc) (err error) {
	defer broken(&err)
	return k.spec.Decode(b, op, args, p)
}

func decodeArgs(f GenWireFrame, b []byte, p *Proc) (err error) {
	defer broken(&err)
	return f.DecodeArgs(b, p)
}

func decodeResult(f GenWireFrame, b []byte, p *Proc) (err error) {
	defer broken(&err)
	return f.DecodeResult(b, p)
}

// decode decodes a value of a session.
func (c *GenCodec[T]) decode(b []byte, p *Proc) (v T, err error) {
	defer broken(&err)
	return c.Decode(b, p)
}

// read decodes a value for an opened port.
func (c *valueCodec[M]) read(b []byte, m *M) (err error) {
	defer broken(&err)
	_, err = c.decode(b, m)
	return err
}
