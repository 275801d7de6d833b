package model

// The names of generated files.
const (
	ActorFile      = "actor_gen.go"
	MsgpFile       = "actor_msgp_gen.go"
	FixtureTests   = "actor_gen_test.go"
	FixturesSuffix = "test" // of the fixtures' folder and package
)
