package random

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/actorgen/actorgen/internal/model"
)

// Names that packages, types, fields and parameters get. Many mean something to the generator, to the serializers that
// msgp/gen writes, or to Go.
var (
	packageNames = []string{"common", "actor", "msgp", "codec", "context", "sync", "time", "types", "v", "err", "model", "cmp", "testing", "b"}

	typeNames = []string{
		"Book", "Page", "Entry", "Order", "Item", "Money", "Note", "Shape", "Circle", "Square", "Point", "Kind", "Level", "URL", "ID", "HTTPInfo",
		"X", "T9", "Ünit", "Message", "Error", "Value", "Result", "Call", "Args", "Err", "B", "Z", "State", "Msgp", "Codec", "String", "Int", "Bool",
		"Reader", "Writer", "Marshaler", "Number", "Any", "Duration2", "K", "V", "T", "GenRef", "GenCall", "Proc", "Bytes", "Field", "O",
	}
	hiddenNames = []string{
		"book", "h", "ctx", "c", "call", "cell", "args", "kind", "v", "u", "name", "value", "p", "op", "turn", "state", "frame", "cast", "opts",
		"ok", "i", "k", "r", "ref", "parent", "build", "msgp", "codec", "time", "actor", "context", "sync", "handle", "max", "min", "close", "print",
		"real", "complex", "recover", "imag", "cmp", "reflect", "slices", "testing", "fake", "_x", "名",
	}
	actorNames = []string{
		"Account", "Ledger", "Worker", "Echo", "URLStore", "HTTP", "Shed", "Œuvre", "Queue", "Client", "Q", "Runner", "Tuple", "Dog", "Yes",
	}
	hiddenActors    = []string{"keeper", "usher", "helper", "jack", "zoo", "_odd"}
	contracts       = []string{"Service", "API", "Role", "Duty", "Îlot"}
	hiddenContracts = []string{"errand", "chore", "job"}
	handlerNames    = []string{
		"Start", "Stop", "Close", "Wait", "Done", "Restart", "Status", "ID", "Shutdown", "Send", "Recv", "Call", "Cast", "Kill", "Spawn", "Self",
		"Address", "Context", "Run", "Put", "Get", "List", "Args", "Kind", "Cell", "Handle", "Client", "Append", "Decode", "Error", "Spawned", "OnPut",
		"PutCalls", "URL", "X", "Ünder", "GenCall", "Recycle", "New", "Len", "Lookup", "Ensure", "At", "Behavior", "Op", "Params", "Result",
	}
	fieldNames = []string{
		"A", "Name", "Items", "Err", "Z", "O", "S", "Bts", "Field", "ID", "Next", "Ünï", "Length", "Map", "Proc", "P", "I0", "K0", "V0", "String2", "Za0001",
		"Type", "Bits", "C", "URL", "Nil", "Min", "Recv", "Data",
	}
	hiddenFields = []string{"x", "err", "z", "b", "own", "type_", "o", "field", "名", "_under", "nil", "len", "string", "msgp", "i", "p", "bts"}
	paramNames   = []string{
		"ctx", "h", "r", "a", "p", "b", "z", "c", "call", "cast", "value", "err", "turn", "ok", "args", "state", "op", "cell", "frame", "k", "v", "i",
		"context", "actor", "sync", "msgp", "codec", "time", "nil", "len", "append", "make", "new", "error", "string", "int", "true", "any",
		"MarshalMsg", "Msgsize", "BindRefs", "n", "N", "名", "_p", "Arg0", "arg1", "amount", "note", "opts", "build", "fake", "slices", "testing",
		"reflect", "cmp", "o", "bts", "field", "s", "result", "arg0Arg", "aArg", "p0", "types", "common",
	}
	contextNames = []string{"ctx", "c", "_", "context", "actor", "p", "h", "err", "a"}
	wireNames    = []string{"n", "a-b", "a b", "名", "type", "A", "x.y", "1", "Name2", "é", "a/b", "%d", "{}"}
	importNames  = []string{"stdctx", "clock", "imp", "ours", "actor_", "msgp2", "q1", "w2", "aa", "ab", "ac", "ad", "ae", "af", "ag", "ah", "aj"}
)

// names gives out names that nothing else in a case has.
type names struct {
	rng   *rand.Rand
	taken map[string]bool
}

// pick takes a name from the list, or makes one that is like it.
func (n *names) pick(list []string) string {
	for i := 0; ; i++ {
		name := list[n.rng.IntN(len(list))]
		if i > 3 {
			name = fmt.Sprintf("%s%d", name, n.rng.IntN(1000))
		}
		if !n.taken[name] {
			n.taken[name] = true
			return name
		}
	}
}

// declared takes a name for a type or variable.
func (n *names) declared(exported bool) string {
	if exported {
		return n.pick(typeNames)
	}
	return n.pick(hiddenNames)
}

// actor takes a name for an actor, and all that is generated for it; none begins as another does.
func (n *names) actor(exported bool, handlers []string) string {
	list := actorNames
	if !exported {
		list = hiddenActors
	}
	return n.take(&model.Contract{Name: n.pick(list)}, handlers)
}

// contract takes a name for a contract, as actor does.
func (n *names) contract(exported bool, handlers []string) string {
	list := contracts
	if !exported {
		list = hiddenContracts
	}
	return n.take(&model.Contract{Name: n.pick(list), Interface: true}, handlers)
}

// take takes the names of all that is generated.
func (n *names) take(a *model.Contract, handlers []string) string {
	g := a.Names()
	for _, s := range []string{
		g.Client, g.Behavior, g.Handle, g.Ref, g.Ports, g.Spawn, g.SpawnAs, g.Ensure, g.Lookup, g.At, g.Self, g.RefOf,
		g.Kind, g.Cell, g.Run, g.Args, g.Append, g.Decode, g.Frame, g.Build,
	} {
		n.taken[s] = true
	}
	for _, handler := range handlers {
		h := (&model.Handler{Contract: a, Name: handler}).Names()
		for _, s := range []string{h.Args, h.Op, h.Call, h.Calls, h.New, h.Params, h.Result, h.Port, h.Codec, h.Opening, h.In, h.Out, h.Client} {
			n.taken[s] = true
		}
	}
	return a.Name
}

// unique takes a name from the list that the set does not have yet.
func unique(rng *rand.Rand, list []string, taken map[string]bool) string {
	for i := 0; ; i++ {
		name := list[rng.IntN(len(list))]
		if i > 3 {
			name = fmt.Sprintf("%s%d", name, rng.IntN(100))
		}
		if name == "_" || !taken[name] {
			taken[name] = true
			return name
		}
	}
}

// isExported tells whether other packages can use the name.
func isExported(name string) bool { return model.IsExported(name) }

// join joins an import path.
func join(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "/")
}
