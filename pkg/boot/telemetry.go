package boot

import (
	"context"
	"fmt"
	"os"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.37.0"
)

// tracesEndpoint is OpenTelemetry's own variable: where traces go. Without it there are none.
const tracesEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT"

// StartTracing has calls, events and statements of this process traced (W3C traceparent) and sent to the
// collector that OTEL_EXPORTER_OTLP_ENDPOINT names. The function it returns sends what is left.
func StartTracing(ctx context.Context, process string) (stop func(context.Context) error, err error) {
	otel.SetTextMapPropagator(propagation.TraceContext{})
	if os.Getenv(tracesEndpoint) == "" {
		return func(context.Context) error { return nil }, nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", tracesEndpoint, err)
	}
	provider := trace.NewTracerProvider(trace.WithBatcher(exporter),
		trace.WithResource(resource.NewSchemaless(semconv.ServiceName("propusk-"+process))))
	otel.SetTracerProvider(provider)
	return provider.Shutdown, nil
}
