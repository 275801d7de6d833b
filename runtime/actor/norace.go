//go:build !race

package actor

const checksGoroutines = false
