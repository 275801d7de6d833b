package load

import (
	"go/token"
	"go/types"
	"strings"

	"github.com/actorgen/actorgen/internal/model"
)

// promotedHooks finds the methods with a hook's name that the actor's type gets from embedded fields: the runtime will call them.
func (r *reader) promotedHooks(obj *types.TypeName) []*model.Hook {
	state, ok := obj.Type().Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	var found []*model.Hook
	for name := range model.HookSignatures {
		m, index, _ := types.LookupFieldOrMethod(types.NewPointer(obj.Type()), true, obj.Pkg(), name)
		f, ok := m.(*types.Func)
		if !ok || len(index) < 2 {
			continue
		}
		field := state.Field(index[0])
		found = append(found, &model.Hook{Name: name, Pos: r.at(field.Pos()), Signature: bareSignature(f), From: field.Name()})
	}
	return found
}

// bareSignature is a method's signature without names: those of parameters and results are the user's to choose.
func bareSignature(f *types.Func) string {
	path := func(p *types.Package) string {
		if p.Path() == runtimePath {
			return "actor"
		}
		return p.Path()
	}
	bare := func(t *types.Tuple) *types.Tuple {
		var vars []*types.Var
		for v := range t.Variables() {
			vars = append(vars, types.NewParam(token.NoPos, nil, "", types.Unalias(v.Type())))
		}
		return types.NewTuple(vars...)
	}
	sig := f.Signature()
	plain := types.NewSignatureType(nil, nil, nil, bare(sig.Params()), bare(sig.Results()), sig.Variadic())
	return strings.TrimPrefix(types.TypeString(plain, path), "func")
}
