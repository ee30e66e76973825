import type { Capabilities } from '@interlink/protocol';
import type { V1Health } from './v1-ping.ts';

/** What a v1 plugin can do, since it can't say it: its answer to a ping tells of a pool at most, which has no name in v1. */
export function v1Capabilities(
  { pool, trouble }: V1Health,
  settings: { readonly exportsPodData: boolean; readonly pool?: string | undefined },
): Capabilities {
  return {
    protocolVersions: ['v1'],
    backend: { kind: 'interlink-v1', version: '1' },
    verbs: ['create', 'delete', 'log'],
    volumeTypes: [
      ...(settings.exportsPodData ? (['configMap', 'secret'] as const) : []),
      'projected',
      'downwardAPI',
      'emptyDir',
    ],
    queues: true,
    pools: pool === undefined ? [] : [{ ...pool, name: settings.pool ?? pool.name }],
    warnings: [
      'a v1 plugin can’t list its pods: what InterLink was not told of since it started is unknown',
      ...(trouble === undefined ? [] : [`the plugin’s answer to a ping is a failure: ${trouble}`]),
    ],
  };
}
