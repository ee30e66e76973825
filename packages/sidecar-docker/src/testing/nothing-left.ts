import { readdir } from 'node:fs/promises';
import { type Owner, ownerKey } from '@interlink/sidecar-sdk';
import Docker from 'dockerode';
import { expect, inject, vi } from 'vitest';
import { uidLabel } from '../identity/labels.ts';

/** Deletions go on behind the answer to whoever asked for them. */
const goneWithin = { timeout: 60_000, interval: 100 };

export interface Leavable {
  /** DataRootFolder. */
  readonly root: string;
  /** Whose pods: all of an owner's, or one. */
  readonly of: { readonly owner: Owner } | { readonly uid: string };
}

/** Waits until the testbed's engine and the disk have nothing more of the pods. */
export async function untilNothingIsLeft(leavable: Leavable): Promise<void> {
  await vi.waitFor(async () => expect(await leftoversOf(leavable)).toEqual([]), goneWithin);
}

/** What there is of them: containers, volumes, networks, folders. */
async function leftoversOf({ root, of }: Leavable): Promise<string[]> {
  const engine = new Docker({ socketPath: inject('testbed').docker?.socket ?? '' });
  const label = 'uid' in of ? `${uidLabel}=${of.uid}` : `interlink.eu/owner=${ownerKey(of.owner)}`;
  const filters = { label: [label] };
  const [containers, volumes, networks, folders] = await Promise.all([
    engine.listContainers({ all: true, filters }),
    volumesOf(engine, of),
    engine.listNetworks({ filters }),
    readdir(root),
  ]);
  return [
    ...containers.map(({ Names: names }) => `container ${names.join()}`),
    ...volumes.map((name) => `volume ${name}`),
    ...networks.map(({ Name: name }) => `network ${name}`),
    // The sidecar's own records, of images and of the engine, stay.
    ...folders
      .filter((name) => ('uid' in of ? name === of.uid : !['.images', '.engine'].includes(name)))
      .map((name) => `folder ${name}`),
  ];
}

/** A volume bears its pod's UID and no owner: for an owner all are named whose pod has no container any more, whoever it was. */
async function volumesOf(engine: Docker, of: Leavable['of']): Promise<string[]> {
  const label = 'uid' in of ? `${uidLabel}=${of.uid}` : uidLabel;
  const { Volumes: volumes } = await engine.listVolumes({ filters: { label: [label] } });
  const containers = 'uid' in of ? [] : await engine.listContainers({ all: true, filters: { label: [uidLabel] } });
  const held = new Set(containers.map(({ Labels: labels }) => labels[uidLabel]));
  return (volumes ?? []).filter(({ Labels: labels }) => !held.has(labels?.[uidLabel])).map(({ Name: name }) => name);
}
