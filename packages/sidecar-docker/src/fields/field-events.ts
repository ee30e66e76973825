import { type EventText, type Pod, unknownAnnotations } from '@interlink/sidecar-sdk';
import { ignoredGpuVariables } from '../devices/visible-gpus.ts';
import { flagsAnnotation, ignoredFlags } from '../flags/pod-flags.ts';
import { fieldsIgnored } from '../pods/pod-events.ts';
import type { SitePolicy } from '../site/site-policy.ts';
import { fieldExaminer } from './all-fields.ts';

/** What the pod's author is told of fields that are without effect: one event, whatever their number. */
export function fieldEvents(pod: Pod, policy: SitePolicy): EventText[] {
  const flags = ignoredFlags(pod, policy.site);
  const variables = ignoredGpuVariables(pod, policy.engine);
  const warnings = [
    ...fieldExaminer.examine(pod.spec, policy).warnings,
    ...(flags === undefined ? [] : [flags]),
    ...unknownAnnotations(pod.metadata.annotations, [flagsAnnotation]),
    ...variables,
  ];
  return warnings.length === 0 ? [] : [fieldsIgnored(warnings)];
}
