import type { PodSpec } from '@interlink/sidecar-sdk';
import { type EventText, fieldsIgnored } from '../pods/pod-events.ts';
import type { SitePolicy } from '../site/site-policy.ts';
import { examineFields } from './examine-fields.ts';

/** What the pod's author is told of fields that are without effect: one event, whatever their number. */
export function fieldEvents(spec: PodSpec, policy: SitePolicy): EventText[] {
  const { warnings } = examineFields(spec, policy);
  return warnings.length === 0 ? [] : [fieldsIgnored(warnings)];
}
