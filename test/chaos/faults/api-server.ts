import type { Fault } from './fault.ts';

/** `kill -9` of kube-apiserver, and a start: watches can't go on from where they were. */
export const restarted: Fault = async (site) => await site.apiServer.kill();

/** The same, and etcd has forgotten all history meanwhile. */
export const compacted: Fault = async (site) => {
  const start = await site.apiServer.kill();
  await site.apiServer.compact();
  return start;
};

const cutEveryMs = 500;

/** No watch lives longer than half a second. */
export const watchesCut: Fault = async (site) => {
  site.api.proxy.cutWatches();
  const timer = setInterval(() => site.api.proxy.cutWatches(), cutEveryMs);
  return () => clearInterval(timer);
};
