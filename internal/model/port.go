package model

// PortOf returns the type of the values that a port takes, or nil if the type is no port.
func (t *Type) PortOf() *Type {
	if t.Kind != Defined || !t.Named.Is(RuntimePath, "Port") || len(t.Args) != 1 {
		return nil
	}
	return t.Args[0]
}

// IsPortArgs tells whether the type was generated for the port of a cast with several arguments. It encodes itself as those.
func (t *Type) IsPortArgs() bool { return t.Kind == Defined && t.Named.Role == ArgsRole }

// A PortArgs is a type of values that are sent to ports which the package receives. They are encoded as the arguments of
// a cast, by a type of the package's own.
type PortArgs struct {
	Type *Type
	Name string // of the package's type: stringPortArgs
}

// portName makes a name of what a port takes: string, entry.
func portName(t *Type) string {
	if t.Kind == Struct {
		return "struct"
	}
	return slotBase(t)
}
