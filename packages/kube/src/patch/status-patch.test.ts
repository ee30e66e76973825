import { describe, expect, it } from 'vitest';
import { nodeStatusPatch, podStatusPatch } from './status-patch.ts';

describe('podStatusPatch()', () => {
  it('names the UID and replaces container statuses as a whole', () => {
    const waiting = {
      name: 'c',
      ready: false,
      restartCount: 0,
      image: 'i',
      imageID: '',
      state: { waiting: { reason: 'ContainerCreating' } },
    };
    const running = { ...waiting, ready: true, state: { running: { startedAt: '2026-01-02T03:04:05Z' } } };
    const ready = { type: 'Ready', status: 'True' };
    expect(
      podStatusPatch(
        'u1',
        {
          phase: 'Pending',
          conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }],
          containerStatuses: [waiting],
        },
        { phase: 'Running', conditions: [ready], containerStatuses: [running] },
      ),
    ).toEqual({
      metadata: { uid: 'u1' },
      status: {
        phase: 'Running',
        conditions: [{ ...ready, reason: null }],
        containerStatuses: [{ ...running, lastState: {} }],
      },
    });
  });

  it('is undefined when nothing changed', () => {
    expect(podStatusPatch('u1', { phase: 'Running' }, { phase: 'Running' })).toBeUndefined();
    expect(podStatusPatch('u1', undefined, {})).toBeUndefined();
  });

  it('takes the empty states that the API server adds for no change', () => {
    const status = { name: 'c', ready: true, restartCount: 0, image: 'i', imageID: '' };
    const served = { containerStatuses: [{ ...status, state: {}, lastState: {} }] };
    expect(podStatusPatch('u1', served, { containerStatuses: [status] })).toBeUndefined();
  });

  it('deletes a pod IP by its key', () => {
    expect(podStatusPatch('u1', { podIPs: [{ ip: '1' }, { ip: '2' }] }, { podIPs: [{ ip: '2' }] })).toEqual({
      metadata: { uid: 'u1' },
      status: { podIPs: [{ $patch: 'delete', ip: '1' }] },
    });
  });
});

describe('nodeStatusPatch()', () => {
  it('has labels, annotations and status, and nothing of the spec', () => {
    const before = { metadata: { name: 'n', labels: { a: '1', b: '2' } }, spec: { unschedulable: true } };
    const after = {
      metadata: { name: 'n', labels: { a: '1' }, annotations: { c: '3' } },
      status: { capacity: { cpu: '4' } },
    };
    expect(nodeStatusPatch(before, after)).toEqual({
      metadata: { labels: { b: null }, annotations: { c: '3' } },
      status: { capacity: { cpu: '4' } },
    });
  });

  it('is undefined when only the spec differs', () => {
    expect(nodeStatusPatch({ spec: { unschedulable: true } }, { spec: {} })).toBeUndefined();
  });
});
