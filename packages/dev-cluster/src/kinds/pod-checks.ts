import { isDeepStrictEqual } from 'node:util';
import type { Problem } from '../api-error.ts';
import { type Json, type KubeObject, listAt } from '../object.ts';

const restartPolicies = ['Always', 'OnFailure', 'Never'];
const changeable =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** The part of the API server's validation that people meet (k8s.io/kubernetes/pkg/apis/core/validation). */
export function checkPod(pod: KubeObject, before?: KubeObject): Problem[] {
  const problems = ['spec.initContainers', 'spec.containers'].flatMap((path) => checkContainers(pod, path));
  if (listAt(pod, 'spec.containers').length === 0) {
    problems.push({ field: 'spec.containers', message: 'Required value' });
  }
  const policy = String(pod.spec?.restartPolicy);
  if (!restartPolicies.includes(policy)) {
    const supported = restartPolicies.map((value) => `"${value}"`).join(', ');
    const message = `Unsupported value: "${policy}": supported values: ${supported}`;
    problems.push({ field: 'spec.restartPolicy', message });
  }
  if (before !== undefined && !isDeepStrictEqual(fixedPart(pod), fixedPart(before))) {
    const message = `Forbidden: pod updates may not change fields other than ${changeable}`;
    problems.push({ field: 'spec', message });
  }
  return problems;
}

function checkContainers(pod: KubeObject, path: string): Problem[] {
  const seen = new Set<unknown>();
  return listAt(pod, path).flatMap(({ name = '', image = '' }, index) => {
    const isTwice = seen.has(name);
    seen.add(name);
    return [
      ...(name === '' ? [{ field: `${path}[${index}].name`, message: 'Required value' }] : []),
      ...(isTwice ? [{ field: `${path}[${index}].name`, message: `Duplicate value: "${name}"` }] : []),
      ...(image === '' ? [{ field: `${path}[${index}].image`, message: 'Required value' }] : []),
    ];
  });
}

/** A pod's spec without what may be changed. */
function fixedPart({ spec = {} }: KubeObject): Json {
  const withoutImages = (field: string) => listAt(spec, field).map((container) => ({ ...container, image: '' }));
  const changed = { activeDeadlineSeconds: 0, tolerations: 0 };
  return {
    ...spec,
    ...changed,
    containers: withoutImages('containers'),
    initContainers: withoutImages('initContainers'),
  };
}
