// Package codec is about values on the wire: the limits that every decoder keeps, payloads that are kept raw until
// somebody knows their type, and the error for a value that is not what the receiver wanted.
//
// Values travel as MessagePack, written and read by generated code (see github.com/tinylib/msgp). A message is a map,
// so that fields may come and go; the arguments of a handler are an array to which more may be appended.
//
// A program meets this package in three places: a [Raw] field in a message carries a value that the program decodes
// itself, a [*TypeError] tells that a value of another shape arrived, and a struct tag such as `msg:"name,limit=100"`
// overrides one of the limits.
package codec
