// Package realtypes shows how much of the structs that others wrote can be sent as they are. It is a module of its own, so
// that theirs stay out of the root.
package realtypes

import (
	_ "cloud.google.com/go/bigquery"
	_ "github.com/aws/aws-sdk-go-v2/service/s3/types"
	_ "github.com/docker/docker/api/types/container"
	_ "github.com/google/go-github/v66/github"
	_ "github.com/hashicorp/consul/api"
	_ "github.com/stripe/stripe-go/v79"
	_ "go.opentelemetry.io/proto/otlp/metrics/v1"
	_ "go.opentelemetry.io/proto/otlp/trace/v1"
	_ "golang.org/x/oauth2"
	_ "google.golang.org/protobuf/proto"
	_ "k8s.io/api/core/v1"
	_ "k8s.io/apimachinery/pkg/api/resource"
	_ "k8s.io/apimachinery/pkg/apis/meta/v1"

	// What generated code and its tests import.
	_ "github.com/google/go-cmp/cmp/cmpopts"
	_ "github.com/tinylib/msgp/msgp"

	_ "github.com/actorgen/actorgen/codec"
	_ "github.com/actorgen/actorgen/runtime/actor"
	_ "github.com/actorgen/actorgen/runtime/actortest"
)
