package realtypes

import (
	"bytes"
	"flag"
	"fmt"
	"go/types"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/actorgen/actorgen/internal/generate"
)

var update = flag.Bool("update", false, "write docs/realtypes.md anew")

// A library is a module whose structs are tried: some of its types, and all that they lead to in the module.
type library struct {
	module, pkg string
	roots       []string
}

var libraries = []library{
	{"k8s.io/api", "k8s.io/api/core/v1", []string{"Pod", "Service", "Node"}},
	{"k8s.io/apimachinery", "k8s.io/apimachinery/pkg/apis/meta/v1", []string{"ObjectMeta", "Status"}},
	{"github.com/google/go-github", "github.com/google/go-github/v66/github", []string{"Repository", "PullRequest", "Issue", "PushEvent", "PullRequestEvent", "IssuesEvent"}},
	{"go.opentelemetry.io/proto/otlp", "go.opentelemetry.io/proto/otlp/trace/v1", []string{"TracesData"}},
	{"go.opentelemetry.io/proto/otlp", "go.opentelemetry.io/proto/otlp/metrics/v1", []string{"MetricsData"}},
	{"github.com/stripe/stripe-go", "github.com/stripe/stripe-go/v79", []string{"Charge", "Invoice"}},
	{"github.com/aws/aws-sdk-go-v2/service/s3", "github.com/aws/aws-sdk-go-v2/service/s3/types", []string{"Object", "Bucket", "LifecycleRule", "ReplicationConfiguration", "ServerSideEncryptionConfiguration"}},
	{"cloud.google.com/go/bigquery", "cloud.google.com/go/bigquery", []string{"TableMetadata"}},
	{"github.com/docker/docker", "github.com/docker/docker/api/types/container", []string{"Config", "HostConfig", "InspectResponse", "Summary"}},
	{"github.com/hashicorp/consul/api", "github.com/hashicorp/consul/api", []string{"CatalogService", "ServiceEntry", "AgentServiceRegistration"}},
	{"golang.org/x/oauth2", "golang.org/x/oauth2", []string{"Token"}},
}

// A field is one field of a struct of a library.
type field struct {
	module, owner, name string
	text                string // its type, as the generated source spells it
	refused             string // why it cannot be sent
}

// Every field of every struct is made a message of its own, so that each is judged by itself.
func TestFieldsOfOthers(t *testing.T) {
	fields, imports := collect(t)
	dir := newPackage(t, "fields")
	var src bytes.Buffer
	src.WriteString("package fields\n\nimport (\n")
	for _, path := range slices.Sorted(maps.Keys(imports)) {
		fmt.Fprintf(&src, "\t%s %q\n", imports[path], path)
	}
	src.WriteString(")\n\n")
	lines := map[int]*field{}
	for i, f := range fields {
		if f.refused != "" {
			continue
		}
		fmt.Fprintf(&src, "//actor:message\ntype T%d struct {\n\tF %s\n}\n\n", i, f.text)
		lines[bytes.Count(src.Bytes(), []byte("\n"))-2] = f
	}
	if err := os.WriteFile(filepath.Join(dir, "fields.go"), src.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	generate.Command(dir, []string{"-check", "-fixtures=false", "."}, &stdout, &stderr)
	problem := regexp.MustCompile(`^fields\.go:(\d+):\d+: field F of T\d+ (.*)$`)
	for line := range strings.Lines(stderr.String()) {
		line = strings.TrimSpace(line)
		if strings.HasSuffix(line, "not up to date: run go generate") {
			continue
		}
		m := problem.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("what is this? %s", line)
		}
		at, _ := strconv.Atoi(m[1])
		if lines[at] == nil {
			t.Fatalf("no field on line %d: %s", at, line)
		}
		lines[at].refused = m[2]
	}
	report(t, fields)
}

// newPackage makes a folder in this module, which lives as long as the test.
func newPackage(t *testing.T, name string) string {
	t.Helper()
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp(here, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// collect returns the fields of the libraries' structs, and the names under which their packages are imported.
func collect(t *testing.T) ([]*field, map[string]string) {
	var paths []string
	for _, l := range libraries {
		paths = append(paths, l.pkg)
	}
	loaded, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedDeps | packages.NeedExportFile}, paths...)
	if err != nil {
		t.Fatal(err)
	}
	byPath := map[string]*types.Package{}
	for _, p := range loaded {
		byPath[p.PkgPath] = p.Types
	}
	imports := map[string]string{}
	qualify := func(p *types.Package) string {
		if imports[p.Path()] == "" {
			imports[p.Path()] = fmt.Sprintf("p%d", len(imports))
		}
		return imports[p.Path()]
	}
	var fields []*field
	for _, l := range libraries {
		seen := map[*types.TypeName]bool{}
		var visit func(t types.Type)
		visit = func(typ types.Type) {
			switch typ := types.Unalias(typ).(type) {
			case *types.Pointer:
				visit(typ.Elem())
			case *types.Slice:
				visit(typ.Elem())
			case *types.Array:
				visit(typ.Elem())
			case *types.Map:
				visit(typ.Elem())
			case *types.Named:
				obj := typ.Obj()
				if obj.Pkg() == nil || !strings.HasPrefix(obj.Pkg().Path(), l.module) || seen[obj] || encodesItself(typ) {
					return
				}
				seen[obj] = true
				s, ok := typ.Underlying().(*types.Struct)
				if !ok {
					visit(typ.Underlying())
					return
				}
				for i := range s.NumFields() {
					v := s.Field(i)
					if isProto(typ) { // it is sent as a whole
						if v.Exported() {
							fields = append(fields, &field{module: l.module, owner: obj.Name(), name: v.Name(), text: "*" + types.TypeString(typ, qualify)})
							visit(v.Type())
						}
						continue
					}
					if reflect.StructTag(s.Tag(i)).Get("json") == "-" || !v.Exported() && types.SizesFor("gc", "amd64").Sizeof(v.Type()) == 0 {
						continue
					}
					f := &field{module: l.module, owner: obj.Name(), name: v.Name()}
					if !v.Exported() {
						f.refused = "is not exported"
					} else if f.text = types.TypeString(v.Type(), qualify); hasHidden(v.Type()) {
						f.refused = "has a type that is not exported"
					}
					fields = append(fields, f)
					if v.Exported() {
						visit(v.Type())
					}
				}
			}
		}
		for _, root := range l.roots {
			obj := byPath[l.pkg].Scope().Lookup(root)
			if obj == nil {
				t.Fatalf("package %s has no type %s", l.pkg, root)
			}
			visit(obj.Type())
		}
	}
	used := map[string]string{}
	for _, f := range fields {
		for path, name := range imports {
			if f.refused == "" && regexp.MustCompile(`\b`+name+`\.`).MatchString(f.text) {
				used[path] = name
			}
		}
	}
	return fields, used
}

// encodesItself tells whether the parts of a type do not matter.
func encodesItself(t *types.Named) bool {
	has := map[string]bool{}
	for m := range t.Methods() {
		has[m.Name()] = true
	}
	hidden := false
	if s, ok := t.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			hidden = hidden || !f.Exported()
		}
	}
	return has["MarshalBinary"] && has["UnmarshalBinary"] || has["MarshalText"] && has["UnmarshalText"] ||
		hidden && has["MarshalJSON"] && has["UnmarshalJSON"]
}

// isProto tells whether a type is a protocol buffer.
func isProto(t *types.Named) bool {
	for m := range t.Methods() {
		if m.Name() == "ProtoReflect" {
			return true
		}
	}
	return false
}

// hasHidden tells whether a type names one that is not exported.
func hasHidden(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Pointer:
		return hasHidden(t.Elem())
	case *types.Slice:
		return hasHidden(t.Elem())
	case *types.Map:
		return hasHidden(t.Key()) || hasHidden(t.Elem())
	case *types.Named:
		return t.Obj().Pkg() != nil && (!t.Obj().Exported() || strings.Contains(t.Obj().Pkg().Path(), "/internal/"))
	}
	return false
}

func report(t *testing.T, fields []*field) {
	var table, list bytes.Buffer
	all, accepted := 0, 0
	for _, l := range libraries {
		n, ok := 0, 0
		reasons := map[string][]string{}
		for _, f := range fields {
			if f.module != l.module {
				continue
			}
			if n++; f.refused == "" {
				ok++
			} else {
				reasons[f.refused] = append(reasons[f.refused], f.owner+"."+f.name)
			}
		}
		if strings.Contains(table.String(), "| "+l.module+" |") {
			continue
		}
		all, accepted = all+n, accepted+ok
		fmt.Fprintf(&table, "| %s | %d | %d | %.1f %% |\n", l.module, n, ok, 100*float64(ok)/float64(n))
		for _, reason := range slices.Sorted(maps.Keys(reasons)) {
			said, _, _ := strings.Cut(reason, ": ") // without the way out
			fmt.Fprintf(&list, "- %s: %s %s\n", l.module, strings.Join(slices.Compact(reasons[reason]), ", "), said)
		}
	}
	fmt.Fprintf(&table, "| all | %d | %d | %.1f %% |\n", all, accepted, 100*float64(accepted)/float64(all))
	text := "| module | fields | accepted | |\n|---|--:|--:|--:|\n" + table.String() + "\n" + list.String()
	t.Log("\n" + text)
	if share := float64(accepted) / float64(all); share < 0.95 {
		t.Errorf("%.3f of the fields are accepted, want 0.95", share)
	}
	page := filepath.Join("..", "..", "docs", "realtypes.md")
	text = `# Structs that others wrote

How much of the structs of some well-known modules can be sent as it is, and why the rest is refused. Each field of each struct that the tried ones lead to within their module was made a message of its own.
Made by ` + "`go test -run TestFieldsOfOthers . -update`" + ` in ` + "`gen_test/realtypes`" + `; the soak run checks it.

` + text
	if *update {
		if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if old, err := os.ReadFile(page); err != nil || string(old) != text {
		t.Errorf("%s is not up to date (%v): run the test with -update", page, err)
	}
}

// Messages with such structs are generated, compiled and sent.
func TestMessagesOfOthers(t *testing.T) {
	dir := newPackage(t, "messages")
	for _, name := range []string{"messages.go", "messages_test.go"} {
		src, err := os.ReadFile(filepath.Join("testdata", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), src, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var stdout, stderr bytes.Buffer
	if code := generate.Command(dir, []string{"."}, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d\n%s", code, stderr.String())
	}
	for _, args := range [][]string{{"vet", "./..."}, {"test", "./..."}} {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}
