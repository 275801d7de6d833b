// Package check holds the rules that a user can break, one function for each, and the words that it is said in.
package check

import "github.com/actorgen/actorgen/internal/model"

// Run returns the problems of a run, in no order.
func Run(run *model.Run) []model.Problem {
	return nil
}
