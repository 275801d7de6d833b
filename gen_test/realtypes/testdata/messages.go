// Package messages sends structs that others wrote.
package messages

import (
	"context"

	"cloud.google.com/go/bigquery"
	s3 "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/docker/docker/api/types/container"
	"github.com/google/go-github/v66/github"
	consul "github.com/hashicorp/consul/api"
	"github.com/stripe/stripe-go/v79"
	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

type Message struct {
	Pod     *corev1.Pod
	Service corev1.Service
	Node    *corev1.Node
	Meta    metav1.ObjectMeta
	Status  metav1.Status
	User    *github.User
	Label   github.Label
	Charge  *stripe.Charge
	Invoice *stripe.Invoice
	Object  s3.Object
	Rules   []s3.LifecycleRule
	Config  container.Config
	Host    *container.HostConfig
	Traces  *trace.TracesData
	Spans   map[string]*trace.Span
	Metrics []*metrics.Metric
	Schema  bigquery.Schema
	Node2   *consul.Node
	Checks  consul.HealthChecks
}

//actor:actor
type A struct{}

//actor:handler
func (A) Echo(ctx context.Context, m *Message) (*Message, error) { return m, nil }

//actor:handler
func (A) Span(ctx context.Context, s *trace.Span) (*corev1.Pod, error) { return nil, nil }
