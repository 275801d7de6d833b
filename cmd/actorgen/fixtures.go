package main

// Generated fixtures compare messages with go-cmp. Because the command depends on it too, "go get -tool" leaves a module with
// all that its generated code needs.
import _ "github.com/google/go-cmp/cmp/cmpopts"
