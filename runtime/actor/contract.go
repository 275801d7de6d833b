package actor

// What follows is for generated code: what lets a ref of a contract reach actors of any kind that implements it.

// GenContract is one contract that the actors of a kind implement.
type GenContract struct {
	client   any // func(*core) Client, whose type tells which contract it is
	promises []GenPromise
}

// GenPromise says which handler keeps one promise of a contract.
type GenPromise struct {
	Op uint16
	ID uint64 // of the contract's handler
}

// GenImplements says that actors of a kind implement a contract: client is one of them as its clients see it.
func GenImplements[S, C, Client any](client func(*GenActor[S, C]) Client, promises ...GenPromise) GenContract {
	return GenContract{
		client:   func(c *core) Client { return client(c.self.(*GenActor[S, C])) },
		promises: promises,
	}
}

// clientOf returns the actor as clients of a contract see it, if its kind implements the contract.
func clientOf[Client any](c *core) (client Client, ok bool) {
	contracts := c.kind().contracts
	for i := range contracts {
		if of, ok := contracts[i].client.(func(*core) Client); ok {
			return of(c), true
		}
	}
	return client, false
}

// GenClientOf returns the actor that a contract's ref names, if it implements the contract and lives in the proc that the
// ref works from.
func GenClientOf[Client any](r GenRef) (client Client, ok bool) {
	if r.proc == nil || r.IsZero() {
		return client, false
	}
	t := r.to.Value()
	c := r.proc.find(&t)
	if c == nil {
		return client, false
	}
	return clientOf[Client](c)
}

// GenLookup returns a ref to the actor that has the name in p. It fails if the actor does not implement the contract, whose
// own kind k is.
func GenLookup[Client, S, C any](p *Proc, k *GenKind[S, C], name string) (GenRef, error) {
	c, err := k.named(p, name)
	if err != nil {
		return GenRef{}, err
	}
	if _, ok := clientOf[Client](c); !ok {
		return GenRef{}, k.errKind(c)
	}
	return c.ref(), nil
}

// GenAnyRef is a ref of any kind.
type GenAnyRef interface{ untyped() GenRef }

func (r GenRef) untyped() GenRef { return r }

// GenRefOf returns what a ref of any kind holds.
func GenRefOf(r GenAnyRef) GenRef { return r.untyped() }
