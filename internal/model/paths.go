package model

// The import paths of the module whose packages generated code uses, and of the runtime in it.
const (
	ModulePath  = "github.com/actorgen/actorgen"
	RuntimePath = ModulePath + "/runtime/actor"
)
