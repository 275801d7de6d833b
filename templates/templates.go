// Package templates holds the texts that the generator fills in, where most of a file is fixed.
package templates

import "embed"

// FS has the templates, by file name. Those of the project that "actorgen init" writes are in the folder init, as they lie in
// the project.
//
//go:embed *.tmpl init
var FS embed.FS
