import { setTimeout as sleep } from 'node:timers/promises';
import { isNotFound, type KubeClient, pods } from '@interlink/kube';
import { waitFor } from '../../testbed/index.ts';
import type { Plan } from '../plan/plan.ts';
import type { PodLife } from '../plan/pod-life.ts';
import type { ChaosSite } from '../site/chaos-site.ts';
import { chaosPod } from './chaos-pod.ts';

export interface LoadOptions {
  readonly plan: Plan;
  readonly site: ChaosSite;
  /** Straight to an API server that has no faults. */
  readonly client: KubeClient;
  readonly namespace: string;
  readonly ledger: string;
}

/** A pod of the run, as the API named it. */
export interface LoadedPod {
  readonly uid: string;
  readonly life: PodLife;
}

/** Creates and deletes the pods, each at its time. */
export async function runLoad(options: LoadOptions): Promise<LoadedPod[]> {
  return await Promise.all(options.plan.pods.map((life) => live(options, life)));
}

async function live({ site, client, namespace, ledger }: LoadOptions, life: PodLife): Promise<LoadedPod> {
  const { name, createAtMs, deletion } = life;
  await sleep(createAtMs);
  const pod = chaosPod(life, { nodeName: site.nodes[life.backend], ledger, runtime: site.runtime });
  // Its name may still be another's.
  const { metadata } = await waitFor(`${name} to be created`, () => client.create(pods, { namespace }, pod), {
    intervalMs: 50,
  });
  if (deletion !== undefined) {
    await sleep(deletion.atMs - createAtMs);
    const { graceSeconds: gracePeriodSeconds } = deletion;
    await client.delete(pods, { namespace, name }, { gracePeriodSeconds }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
  return { uid: metadata?.uid ?? '', life };
}

/** Returns when pods can be created in the namespace: its default account is there. */
export async function makeNamespace(client: KubeClient, name: string): Promise<void> {
  await client.request({
    method: 'POST',
    path: '/api/v1/namespaces',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
  });
  const path = `/api/v1/namespaces/${name}/serviceaccounts/default`;
  await waitFor(`the account of ${name}`, async () => await client.request({ method: 'GET', path }));
}
