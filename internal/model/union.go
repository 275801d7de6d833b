package model

// A Variant is one of the types that a union may hold.
type Variant struct {
	Pos        Pos
	Text       string // as written: Circle, *Square
	Type       *Type  // nil if there is no such type
	Implements bool   // the union's interface
}

// IsPointer tells whether the union holds a pointer to the type.
func (v *Variant) IsPointer() bool { return v.Type != nil && v.Type.Kind == Pointer }

// Named is the type that the variant is, or points to; nil if there is no such type.
func (v *Variant) Named() *Named {
	switch {
	case v.Type == nil:
		return nil
	case v.IsPointer():
		return v.Type.Elem.Named
	}
	return v.Type.Named
}

// Name is what the variant is called on the wire.
func (v *Variant) Name() string { return v.Named().Name }

// IsUnion tells whether the type is an interface that is annotated with union.
func (n *Named) IsUnion() bool { return n.Annotation != nil && n.Annotation.Name == "union" }

// A Union is a union that the package sends. It is encoded by methods of a type of the package's own, which holds a pointer to it.
type Union struct {
	Type *Type
	Name string // of the package's type: shapeUnion
}

// Convert is the function that makes the package's type of a pointer to a union.
func (u *Union) Convert() string { return u.Name + convertSuffix }

const convertSuffix = "Of"
