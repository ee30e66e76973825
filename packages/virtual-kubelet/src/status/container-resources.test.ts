import { expect, test } from 'vitest';
import { renderResources, wantedResizes, withResources } from './container-resources.ts';
import { toApiContainerStatus } from './container-statuses.ts';
import { apiPod, containerStatus } from './testing/statuses.ts';

const small = { requests: { cpu: '100m' } };
const big = { requests: { cpu: '200m' }, limits: { memory: '1Gi' } };
const running = containerStatus('main', 'running');
const apiStatus = (doing: 'running' | 'waiting', resources: object) =>
  toApiContainerStatus({ ...containerStatus('main', doing), resources });

test.each([
  ['what the backend reports', { ...running, resources: big }, undefined, false, big],
  ['the spec’s, for a container that is new to the API', running, undefined, false, small],
  ['the spec’s, when the backend acts on it', running, apiStatus('running', big), true, small],
  ['the spec’s, as long as the container has not begun', running, apiStatus('waiting', big), false, small],
  ['those it began with, while the backend is behind', running, apiStatus('running', big), false, big],
])('withResources() shows %s', (_, status, current, isSpecInForce, resources) => {
  const shown = withResources(status, { resources: small }, { status: current, isSpecInForce });
  expect(shown).toMatchObject({ resources, allocatedResources: resources.requests });
});

test('withResources() adds nothing where nothing is asked for', () => {
  expect(withResources(running, {}, { status: undefined, isSpecInForce: true })).toBe(running);
});

test('wantedResizes() compares amounts, not spellings, of containers that have begun', () => {
  const wants = (resources: object) =>
    apiPod(undefined, { containers: [{ name: 'main', image: 'busybox', resources }] });
  const shown = [apiStatus('running', small)];
  expect(wantedResizes(wants({ requests: { cpu: '0.1' } }), shown)).toEqual([]);
  expect(wantedResizes(wants(big), shown)).toEqual(['main']);
  expect(wantedResizes(wants(big), [apiStatus('waiting', small)])).toEqual([]);
  expect(renderResources({ requests: { 'nvidia.com/gpu': '1' } })).toBe(renderResources({}));
});

test('wantedResizes() looks at native sidecars, too, and at no other init container', () => {
  const init = (name: string, more: object) => ({ name, image: 'busybox', resources: big, ...more });
  const initContainers = [init('proxy', { restartPolicy: 'Always' }), init('first', {})];
  const pod = apiPod(undefined, { initContainers, containers: [{ name: 'main', image: 'busybox', resources: small }] });
  const shown = ['proxy', 'first', 'main'].map((name) => ({ ...apiStatus('running', small), name }));
  expect(wantedResizes(pod, shown)).toEqual(['proxy']);
});
