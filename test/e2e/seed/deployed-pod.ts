import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pod } from '@interlink/kube';
import { type DockerData, waitFor } from '../../testbed/index.ts';
import { TcpBalancer } from '../../testbed/process/tcp-balancer.ts';
import { DockerPod } from '../drivers/kubelet/docker-pod.ts';
import { PodVolumes } from '../drivers/kubelet/pod-volumes.ts';
import { Namespace } from '../drivers/namespace.ts';
import type { TestbedParts } from '../drivers/testbed-parts.ts';

/** The address of the engine's machine for its containers. */
export function hostAddressOf({ subnetPrefix }: DockerData): string {
  return `${subnetPrefix}.0.1`;
}

/** The pod that a Deployment has made, run by the testbed's engine from its own image, since no node of the cluster has a kubelet. */
export class DeployedPod {
  readonly volumes: PodVolumes;
  readonly #end: () => Promise<void>;

  private constructor(volumes: PodVolumes, end: () => Promise<void>) {
    this.volumes = volumes;
    this.#end = end;
  }

  static async start(parts: TestbedParts, namespaceName: string, deployment: string): Promise<DeployedPod> {
    const { controlPlane, docker } = parts;
    const namespace = Namespace.existing(namespaceName, controlPlane);
    const pod = await waitFor(
      `the pod of deployment ${deployment}`,
      async () => await newestPod(namespace, deployment),
    );
    await using cleanUp = new AsyncDisposableStack();
    const directory = await mkdtemp(join(tmpdir(), 'deployed-pod-'));
    cleanUp.defer(() => rm(directory, { recursive: true, force: true }));
    const hostIP = hostAddressOf(docker);
    const way = await TcpBalancer.start(hostIP);
    cleanUp.defer(() => way.close());
    way.balanceOver([Number(new URL(controlPlane.server).port)]);
    const volumes = new PodVolumes(pod, namespace, directory);
    // A name in the API server's certificate.
    const apiServer = { name: 'kubernetes.default.svc', port: way.port };
    const running = await DockerPod.start({ pod, volumes, socket: docker.socket, hostIP, apiServer, binds: [] });
    cleanUp.defer(() => running.remove());
    const all = cleanUp.move();
    return new DeployedPod(volumes, async () => await all.disposeAsync());
  }

  async end(): Promise<void> {
    await this.#end();
  }
}

/** Of a Deployment that has changed there may be an older one, too: with another image, or a ConfigMap of another name. */
async function newestPod(namespace: Namespace, deployment: string): Promise<Pod | undefined> {
  const printed = await namespace.run('get', 'deployment', deployment, '-o', 'json');
  const { template } = (JSON.parse(printed) as { spec: { template: Pod } }).spec;
  const pods = await namespace.pods();
  return pods.find((pod) => whatChanges(pod) === whatChanges(template));
}

function whatChanges({ spec }: Pod): string {
  const names = spec?.volumes?.flatMap(({ configMap }) => configMap?.name ?? []);
  return JSON.stringify([spec?.containers.map(({ image }) => image), names]);
}
