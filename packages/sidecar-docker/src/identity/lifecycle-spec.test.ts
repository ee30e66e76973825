import { expect, test } from 'vitest';
import { toLifecycleSpec } from './lifecycle-spec.ts';

test('toLifecycleSpec() keeps who may run in containers, and nothing else of a security context', () => {
  const securityContext = { runAsNonRoot: true, runAsUser: 1000, runAsGroup: 2000 };
  const spec = toLifecycleSpec({
    securityContext: { ...securityContext, fsGroup: 3000 },
    containers: [
      { name: 'own', securityContext: { ...securityContext, privileged: false } },
      { name: 'none', securityContext: { privileged: false } },
    ],
    initContainers: [{ name: 'init', securityContext: { runAsUser: 0 } }],
  });
  expect(spec).toEqual({
    securityContext,
    containers: [{ name: 'own', securityContext }, { name: 'none' }],
    initContainers: [{ name: 'init', securityContext: { runAsUser: 0 } }],
  });
});
