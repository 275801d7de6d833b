package messages

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stripe/stripe-go/v79"
	metrics "go.opentelemetry.io/proto/otlp/metrics/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/actortest"
)

// equal compares unexported fields too, and protocol buffers as such.
var equal = cmp.Options{
	cmpopts.EquateEmpty(),
	cmp.Exporter(func(reflect.Type) bool { return true }),
	cmp.Comparer(func(a, b *trace.TracesData) bool { return proto.Equal(a, b) }),
	cmp.Comparer(func(a, b *trace.Span) bool { return proto.Equal(a, b) }),
	cmp.Comparer(func(a, b *metrics.Metric) bool { return proto.Equal(a, b) }),
}

func TestEcho(t *testing.T) {
	h, err := SpawnA(actortest.NewProc(t, actor.Isolated()), "", func() *A { return &A{} })
	if err != nil {
		t.Fatal(err)
	}
	want := &Message{
		Pod: &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: "pod", Labels: map[string]string{"a": "b"}, CreationTimestamp: metav1.NewTime(time.Unix(7, 0))},
			Spec: corev1.PodSpec{Containers: []corev1.Container{{
				Name:      "c",
				Resources: corev1.ResourceRequirements{Limits: corev1.ResourceList{"cpu": resource.MustParse("250m")}},
			}}},
		},
		Charge:  &stripe.Charge{ID: "ch_1", Amount: 100, Customer: &stripe.Customer{ID: "cus_1"}},
		Traces:  &trace.TracesData{ResourceSpans: []*trace.ResourceSpans{{ScopeSpans: []*trace.ScopeSpans{{Spans: []*trace.Span{{Name: "s", TraceId: []byte{1}}}}}}}},
		Spans:   map[string]*trace.Span{"x": {Name: "x"}},
		Metrics: []*metrics.Metric{{Name: "m", Data: &metrics.Metric_Gauge{Gauge: &metrics.Gauge{DataPoints: []*metrics.NumberDataPoint{{TimeUnixNano: 1}}}}}},
	}
	got, err := h.Echo(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, equal); diff != "" {
		t.Error(diff)
	}
	round := &stripe.Charge{}
	round.Refunds = &stripe.RefundList{Data: []*stripe.Refund{{Charge: round}}}
	if _, err := h.Echo(t.Context(), &Message{Charge: round}); actor.CodeOf(err) != actor.CodeEncode {
		t.Errorf("a circle: %v", err)
	}
}
