package check

import (
	"fmt"
	"strings"

	"github.com/actorgen/actorgen/internal/model"
)

// A Rule is one thing that a user can get wrong. What and Todo are formats over the same arguments, by index.
type Rule struct {
	Name string // as docs/errors.md has it
	What string // what is wrong
	Todo string // what to do about it
}

// at makes the rule's problem at a place.
func (r Rule) at(pos model.Pos, args ...any) model.Problem {
	return model.Problem{Pos: pos, Rule: r.Name, What: fill(r.What, args), Todo: fill(r.Todo, args)}
}

// fill formats by index, so that a format need not use all arguments.
func fill(format string, args []any) string {
	if !strings.Contains(format, "%[") {
		return format
	}
	return fmt.Sprintf(format, args...)
}

// Rules returns all rules, in the order of docs/errors.md.
func Rules() []Rule {
	return []Rule{
		nearMiss, unknownDirective, badArguments, unknownArgument, duplicateArgument, argumentValue,
		duplicateDirective, orphan, onGroup, misplaced, inTest, leftOut, buildConstraint,
		actorKind, genericActor, noHandler, actorAsMessage, actorName,
		contractForm, contractArgument, noContract, notImplemented, unlikeContract,
		noActor, unexportedHandler, noContext, badResults, onewayResult, sessionForm, streamForm, inlineOneway, inlineReentrant, localID, reservedName, hookAsHandler, lostChange, sameID,
		hookSignature, promotedHook,
		notSendable, errorInMessage, handleInMessage, actorInMessage, lostField, hiddenType, systemType, genericType, mapKey,
		badTag, sameWireName, uselessLimit, smallLimit, serializerMember, serializerName,
		noErrorMethod, interfaceMessage, unionVariant, notAnError, errorWithoutValue,
		takenName, twiceGenerated, takenFixture, fixturesFolder, hiddenPredeclared,
	}
}

// Directives.
var (
	nearMiss = Rule{"near-miss", "%[1]q looks like a directive but is none", "write exactly %[2]s"}

	unknownDirective = Rule{"unknown-directive", "there is no directive //actor:%[1]s", "there are //actor:actor, //actor:handler, //actor:contract, //actor:message, //actor:union and //actor:error"}

	badArguments = Rule{"bad-arguments", "the arguments of //actor:%[1]s cannot be read: %[2]s", "write words and key=value pairs, apart by spaces"}

	unknownArgument = Rule{"unknown-argument", "//actor:%[1]s has no argument %[2]q", "%[3]s"}

	duplicateArgument = Rule{"duplicate-argument", "%[1]s is given twice", "remove one"}

	argumentValue = Rule{"argument-value", "the argument %[1]s of //actor:%[2]s is malformed", "write %[3]s"}

	duplicateDirective = Rule{"duplicate-directive", "%[1]s has a second directive //actor:%[2]s", "remove one"}

	orphan = Rule{"orphan", "//actor:%[1]s stands on nothing", "move it to the end of a doc comment, with no empty line before the declaration"}

	onGroup = Rule{"on-group", "//actor:%[1]s stands on a group of declarations", "move it to the one declaration inside the parentheses that it is for"}

	misplaced = Rule{"misplaced", "//actor:%[1]s does not fit %[2]s", "%[3]s"}

	inTest = Rule{"in-test", "//actor:%[1]s stands in a test file", "move the declaration to a file that is not a test, or the actor to a package of its own"}
)

// Build constraints.
var (
	leftOut = Rule{"left-out", "//actor:%[1]s stands in a file that is left out here: it is compiled for %[2]s only", "run actorgen with GOOS, or -tags in GOFLAGS, for that, or move the declaration to a file without a build constraint"}

	buildConstraint = Rule{"build-constraint", "%[1]s is compiled for %[2]s, and %[3]s for %[4]s: what is generated for both is one file", "move it to a file without a build constraint, and what differs to functions that it calls; or give both the same"}
)

// Actors.
var (
	actorKind = Rule{"actor-kind", "actor %[1]s is %[2]s", "declare it as a struct type"}

	genericActor = Rule{"generic-actor", "actor %[1]s has type parameters", "annotate a type without any; it may embed the generic one and call its methods"}

	noHandler = Rule{"no-handler", "actor %[1]s has no handler", "annotate a method of it with //actor:handler"}

	actorAsMessage = Rule{"actor-as-message", "%[1]s is an actor and a message", "remove //actor:%[2]s; in messages, %[1]sRef stands for the actor"}

	actorName = Rule{"actor-name", "%[4]s %[1]s is called %[3]q on the wire, as %[5]s %[2]s is", "give one of them another name with name="}
)

// Contracts.
var (
	contractForm = Rule{"contract-form", "contract %[1]s %[2]s", "%[3]s"}

	contractArgument = Rule{"contract-argument", "handler %[1]s of a contract is %[2]s", "remove the word: the actor that implements it says how it runs"}

	noContract = Rule{"no-contract", "there is no contract %[1]s", "%[2]s"}

	notImplemented = Rule{"not-implemented", "actor %[1]s has no handler %[2]s, which contract %[3]s promises", "%[4]s"}

	unlikeContract = Rule{"unlike-contract", "handler %[1]s %[2]s, unlike that of contract %[3]s", "%[4]s"}
)

// Handlers.
var (
	noActor = Rule{"no-actor", "handler %[1]s belongs to no actor", "annotate %[2]s with //actor:%[3]s"}

	unexportedHandler = Rule{"unexported-handler", "handler %[1]s is not exported", "write its name with a capital letter"}

	noContext = Rule{"no-context", "handler %[1]s does not take a context first", "%[2]s"}

	badResults = Rule{"bad-results", "handler %[1]s returns %[2]s", "%[3]s: every call can fail"}

	onewayResult = Rule{"oneway-result", "handler %[1]s is oneway and returns %[2]s", "return nothing or an error, or remove oneway: nobody waits for the result of a cast"}

	sessionForm = Rule{"session-form", "the session of handler %[1]s %[2]s", "%[3]s"}

	streamForm = Rule{"stream-form", "the stream of handler %[1]s %[2]s", "%[3]s"}

	inlineOneway = Rule{"inline-oneway", "handler %[1]s is inline and oneway", "remove one: a cast never runs on its sender's goroutine"}

	inlineReentrant = Rule{"inline-reentrant", "handler %[1]s is inline and reentrant", "remove one: an inline handler never waits"}

	localID = Rule{"local-id", "handler %[1]s is local and has an id", "remove one: what is local has no name on the wire"}

	reservedName = Rule{"reserved-name", "a handler cannot be called %[1]s", "rename it: generated handles and refs have a method of that name"}

	hookAsHandler = Rule{"hook-as-handler", "%[1]s is a hook and not a handler", "%[2]s: the runtime calls it by its name"}

	lostChange = Rule{"lost-change", "%[1]s changes field %[2]s of a copy, which is gone when it returns", "make the receiver a pointer: (%[3]s *%[4]s)"}

	sameID = Rule{"same-id", "handler %[1]s has the same id on the wire as handler %[2]s", "give one of them another name with id="}
)

// Hooks.
var (
	hookSignature = Rule{"hook-signature", "%[1]s is a hook, and has another signature", "write func (...) %[1]s%[2]s, or rename the method"}

	promotedHook = Rule{"promoted-hook", "%[1]s gets a method %[2]s from the embedded %[3]s, which is no hook: it has another signature", "declare func (...) %[2]s%[4]s on %[1]s itself, or give the field a name"}
)

// What is sent.
var (
	notSendable = Rule{"not-sendable", "%[1]s is %[2]s, which cannot be sent", "%[3]s"}

	errorInMessage = Rule{"error-in-message", "%[1]s is an error, whose type its receiver cannot know", "send a type of yours that is annotated with //actor:error, or its text"}

	handleInMessage = Rule{"handle-in-message", "%[1]s is %[2]s, which works in one process only", "%[3]s"}

	actorInMessage = Rule{"actor-in-message", "%[1]s is %[3]s %[2]s itself", "send %[2]sRef, or a copy of what is needed in a struct of its own"}

	lostField = Rule{"lost-field", "%[1]s is not exported, so that it would be lost", "%[2]s"}

	hiddenType = Rule{"hidden-type", "%[1]s is %[2]s, a type that this package cannot name", "%[3]s"}

	systemType = Rule{"system-type", "%[1]s is %[2]s, which is declared for %[3]s, and may have other fields elsewhere", "send a type of your own with what is needed of it"}

	genericType = Rule{"generic-type", "%[1]s is %[2]s", "%[3]s"}

	mapKey = Rule{"map-key", "%[1]s has %[2]s as the key of a map", "%[3]s"}

	badTag = Rule{"bad-tag", "the msg tag of %[1]s: %[2]s", "write `msg:\"name\"`, `msg:\"name,limit=N\"` or `msg:\"-\"`"}

	sameWireName = Rule{"same-wire-name", "%[1]s is called %[2]q on the wire, as %[3]s is", "give it another name in its msg tag"}

	uselessLimit = Rule{"useless-limit", "%[1]s has a limit, but neither slice nor map", "remove limit= from its msg tag"}

	smallLimit = Rule{"small-limit", "%[1]s has limit=%[2]d, but a struct of %[3]d fields without a name in it", "give the struct a type of its own, or raise the limit"}

	serializerMember = Rule{"serializer-member", "%[1]s has %[2]s of its own", "rename it: the generated serializer needs the name; or write MarshalMsg, UnmarshalMsg and Msgsize all yourself"}

	serializerName = Rule{"serializer-name", "a type that is sent cannot be called %[1]s", "rename it: serializers have a variable of that name"}

	noErrorMethod = Rule{"no-error-method", "%[1]s is annotated as an error, but is none", "give it a method Error() string, or annotate it with //actor:message"}

	interfaceMessage = Rule{"interface-message", "%[1]s is %[2]s, which cannot be sent", "%[3]s"}

	unionVariant = Rule{"union-variant", "union %[1]s cannot hold %[2]s: %[3]s", "%[4]s"}

	notAnError = Rule{"not-an-error", "variable %[1]s is annotated as an error, but is none", "declare it as var %[1]s = errors.New(...)"}

	errorWithoutValue = Rule{"error-without-value", "variable %[1]s has no value where it is declared", "give it one: var %[1]s = errors.New(...)"}
)

// Names.
var (
	takenName = Rule{"taken-name", "%[1]s is also the name of what is generated for %[2]s", "rename it"}

	twiceGenerated = Rule{"twice-generated", "%[1]s would be generated for %[2]s and for %[3]s", "rename one of the two"}

	takenFixture = Rule{"taken-fixture", "%[1]s is also the name of a fixture that is generated for %[2]s", "rename it"}

	fixturesFolder = Rule{"fixtures-folder", "%[1]s stands where the fixtures of package %[2]s are written", "move it to another folder, or run with -fixtures=false"}

	hiddenPredeclared = Rule{"hidden-predeclared", "%[1]s hides Go's own %[1]s, which generated code needs", "rename it"}
)
