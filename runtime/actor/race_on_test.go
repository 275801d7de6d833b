//go:build race

package actor_test

// raceEnabled tells that the race detector makes everything many times slower.
const raceEnabled = true
