import { describe, expect, it } from 'vitest';
import { resourceFieldValue } from './resource-field-ref.ts';
import { NODE } from './testing/fake-objects.ts';
import { somePod } from './testing/pods.ts';

const resources = {
  limits: { cpu: '1250m', memory: '100Mi', 'ephemeral-storage': '1G', 'hugepages-2Mi': '6Mi' },
  requests: { cpu: '250m', memory: '33000001' },
};
const pod = somePod({ resources }, { initContainers: [{ name: 'first' }] });

describe('resourceFieldValue()', () => {
  it.each([
    ['limits.cpu', undefined, '2'],
    ['limits.cpu', '0', '2'],
    ['limits.cpu', '1m', '1250'],
    ['limits.memory', undefined, '104857600'],
    ['limits.memory', '1Mi', '100'],
    ['limits.ephemeral-storage', '1Mi', '954'],
    ['limits.hugepages-2Mi', '2Mi', '3'],
    ['requests.cpu', '1', '1'],
    ['requests.cpu', '1m', '250'],
    ['requests.memory', '1M', '34'],
    ['requests.ephemeral-storage', undefined, '0'],
  ])('%s by %s is %s', (resource, divisor, value) => {
    const reference = divisor === undefined ? { resource } : { resource, divisor };
    expect(resourceFieldValue(reference, pod, NODE, 'main')).toBe(value);
  });

  it.each([
    ['limits.cpu', '1', '32'],
    ['limits.cpu', '1m', '31500'],
    ['limits.memory', '1Gi', '64'],
    ['limits.ephemeral-storage', '1Gi', '100'],
    ['limits.hugepages-2Mi', '1', '0'],
    ['requests.cpu', '1', '0'],
  ])('%s by %s of a container without any is %s', (resource, divisor, value) => {
    expect(resourceFieldValue({ resource, divisor, containerName: 'first' }, pod, NODE, 'main')).toBe(value);
  });

  it('takes the limit of the whole pod before what the node has', () => {
    const bounded = somePod({}, { resources: { limits: { cpu: '3' } } });
    expect(resourceFieldValue({ resource: 'limits.cpu' }, bounded, NODE, 'main')).toBe('3');
    expect(resourceFieldValue({ resource: 'limits.memory', divisor: '1Gi' }, bounded, NODE, 'main')).toBe('64');
  });

  it('refuses an unknown container or resource', () => {
    const ask = (resource: string, containerName: string) => () =>
      resourceFieldValue({ resource, containerName }, pod, NODE, 'main');
    expect(ask('limits.cpu', 'nobody')).toThrow('container nobody not found');
    expect(ask('limits.pods', 'main')).toThrow('unsupported container resource : limits.pods');
  });
});
