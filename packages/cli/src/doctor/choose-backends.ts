import { isHere } from './choose-sides.ts';
import type { DoctorContext } from './context.ts';

/**
 * Which kinds of backend there are on this machine: what its sidecars say of themselves; where none of them answers and there is no table
 * of them, what `SidecarService` says.
 */
export async function chooseBackends(context: DoctorContext): Promise<ReadonlySet<string>> {
  const config = await context.config();
  const peers = await context.sidecars().catch(() => []);
  const here = peers.filter(({ url }) => isHere(url));
  const told = await Promise.all(
    here.map(async (peer) => {
      const described = await context.describe(peer).catch(() => undefined);
      return described?.capabilities?.backend.kind;
    }),
  );
  const kinds = told.filter((kind) => kind !== undefined);
  const isUntold = kinds.length === 0 && here.length > 0 && config.Sidecars === undefined;
  return new Set(isUntold ? [config.SidecarService] : kinds);
}
