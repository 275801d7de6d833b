// Package templates holds the texts that the generator fills in, where most of a file is fixed.
package templates

import "embed"

// FS has the templates, by file name.
//
//go:embed *.tmpl
var FS embed.FS
