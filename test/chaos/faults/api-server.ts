import type { ChaosSite } from '../site/chaos-site.ts';
import type { Fault } from './fault.ts';

/** `kill -9` of kube-apiserver, and a start: watches can't go on from where they were. */
export const restarted: Fault = async (site) => await away(site, async () => undefined);

/** The same, and etcd has forgotten all history meanwhile. */
export const compacted: Fault = async (site) => await away(site, async () => await site.apiServer.compact());

/** It starts at once, which takes seconds, and stays out of reach until the fault is over. */
async function away({ apiServer, api }: ChaosSite, meanwhile: () => Promise<void>): ReturnType<Fault> {
  const start = await apiServer.kill();
  const reconnect = await api.way.cut();
  await meanwhile();
  const started = start();
  // Whoever mends it hears of the failure.
  started.catch(() => undefined);
  return async () => {
    await started;
    await reconnect();
  };
}

const cutEveryMs = 500;

/** No watch lives longer than half a second. */
export const watchesCut: Fault = async (site) => {
  site.api.proxy.cutWatches();
  const timer = setInterval(() => site.api.proxy.cutWatches(), cutEveryMs);
  return () => clearInterval(timer);
};
