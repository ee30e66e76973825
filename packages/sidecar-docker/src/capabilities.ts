import { statfs } from 'node:fs/promises';
import type { Capabilities } from '@interlink/sidecar-sdk';
import type { Engine } from './engine/engine.ts';
import { engineWarnings } from './engine/engine-warnings.ts';
import type { SiteSettings } from './site/site-settings.ts';
import type { VolumeSite } from './volumes/volume-site.ts';

/** As many as a node takes by default. */
const maxPods = '110';

/** What this sidecar can do with its engine, and how much of it there is. */
export async function readCapabilities(
  engine: Engine,
  root: string,
  {
    volumes,
    unsafeSysctls,
    resources,
  }: { readonly volumes: VolumeSite } & Pick<SiteSettings, 'unsafeSysctls' | 'resources'>,
): Promise<Capabilities> {
  const trouble = await volumes.trouble();
  const [info, { blocks, bsize }] = await Promise.all([engine.info(), statfs(root)]);
  const { cpus, memoryBytes, version } = info;
  const warnings = [...engineWarnings(info), ...(trouble === undefined ? [] : [trouble])];
  return {
    protocolVersions: ['v2', 'v1'],
    backend: { kind: 'docker', version },
    verbs: [
      'create',
      'delete',
      'list',
      'watch',
      'log',
      'exec',
      'attach',
      'portForward',
      'updateVolumes',
      ...(info.isMeasured ? ['stats' as const] : []),
      'update',
      'render',
    ],
    volumeTypes: await volumes.offeredTypes(),
    queues: false,
    enforcesDeadline: true,
    ...(unsafeSysctls.length === 0 ? {} : { unsafeSysctls: [...unsafeSysctls] }),
    ...(warnings.length === 0 ? {} : { warnings }),
    pools: [
      {
        name: 'default',
        capacity: {
          cpu: String(cpus),
          memory: String(memoryBytes),
          pods: maxPods,
          'ephemeral-storage': String(blocks * bsize),
          ...resources,
        },
      },
    ],
  };
}
