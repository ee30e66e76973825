import { type Check, type Finding, warning } from '../check.ts';
import type { DoctorContext } from '../context.ts';
import { lookAtPeer } from '../look-at-peer.ts';

export const sidecars: Check = {
  name: 'sidecars',
  summary:
    'Every sidecar answers where InterLink looks for it, lets InterLink in, and says what it can do; it is of the kind that `SidecarService` says.',
  sides: ['site'],
  timeoutMs: 15_000,
  run: async (context) => {
    await context.config();
    const peers = await context.sidecars();
    const findings = await Promise.all(peers.map(async (peer) => await lookAtPeer(peer, context)));
    return [...findings.flat(), ...(await otherKind(context))];
  },
};

/** The port goes by the kind: two sidecars on one machine are easily mistaken for each other. */
async function otherKind(context: DoctorContext): Promise<Finding[]> {
  const { Sidecars: table, SidecarService: wanted } = await context.config();
  const [peer] = await context.sidecars();
  if (table !== undefined || peer === undefined) return [];
  const kind = (await context.describe(peer).catch(() => undefined))?.capabilities?.backend.kind;
  if (kind === undefined || kind === wanted || !['docker', 'slurm', 'mock'].includes(kind)) return [];
  return [
    warning({
      what: `SidecarService is ${wanted}, and the sidecar at ${peer.url} is one of ${kind}`,
      why: 'pods run somewhere else than the configuration says',
      fix: `set SidecarService: ${kind}, or SidecarURL and SidecarPort to those of the ${wanted} sidecar`,
    }),
  ];
}
