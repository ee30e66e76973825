import { isDeepStrictEqual } from 'node:util';
import type { Problem } from '../api-error.ts';
import { type Json, type KubeObject, listAt } from '../object.ts';

const lists = ['containers', 'initContainers'];
const changeable =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** The part of the API server's validation that people meet (k8s.io/kubernetes/pkg/apis/core/validation). */
export function checkPod(pod: KubeObject, before?: KubeObject): Problem[] {
  const problems = lists.flatMap((list) => checkContainers(pod, `spec.${list}`));
  if (listAt(pod, 'spec.containers').length === 0)
    problems.push({ field: 'spec.containers', message: 'Required value' });
  if (before === undefined || isDeepStrictEqual(fixedPart(pod), fixedPart(before))) return problems;
  return [
    ...problems,
    { field: 'spec', message: `Forbidden: pod updates may not change fields other than ${changeable}` },
  ];
}

function checkContainers(pod: KubeObject, path: string): Problem[] {
  return listAt(pod, path).flatMap((container, index, all) => {
    const required = ['name', 'image'].filter((field) => (container[field] ?? '') === '');
    const isTwice = all.findIndex(({ name }) => name === container.name) < index;
    return [
      ...required.map((field) => ({ field: `${path}[${index}].${field}`, message: 'Required value' })),
      ...(isTwice ? [{ field: `${path}[${index}].name`, message: `Duplicate value: "${container.name}"` }] : []),
    ];
  });
}

/** A pod's spec without what may be changed. */
function fixedPart({ spec = {} }: KubeObject): Json {
  const withoutImages = lists.map((list) => [list, listAt(spec, list).map((each) => ({ ...each, image: '' }))]);
  return { ...spec, activeDeadlineSeconds: 0, tolerations: 0, ...Object.fromEntries(withoutImages) };
}
