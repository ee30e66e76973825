import type { Owner } from '@interlink/protocol';
import type { SpanAttributes } from '@interlink/service-kit';

/** Which pod a span is about, in OpenTelemetry's words: https://opentelemetry.io/docs/specs/semconv/registry/attributes/k8s/ */
export function podAttributes(owner: Owner, pod: { uid: string; namespace: string; name: string }): SpanAttributes {
  return {
    'k8s.pod.uid': pod.uid,
    'k8s.pod.name': pod.name,
    'k8s.namespace.name': pod.namespace,
    'k8s.node.name': owner.node,
  };
}
