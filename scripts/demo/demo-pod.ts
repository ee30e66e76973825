import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type CommandResult, runCommand } from '../../test/testbed/index.ts';
import type { DemoCluster } from './demo-cluster.ts';
import { say } from './narration.ts';

const manifest = fileURLToPath(new URL('../../examples/interlink_mock/payloads/busyecho_k8s.yaml', import.meta.url));
const name = 'busyecho';
const timeoutMs = 90_000;
const pollMs = 100;

/** The example pod, handled as a user does: by kubectl. */
export class DemoPod {
  readonly #cluster: DemoCluster;

  constructor(cluster: DemoCluster) {
    this.#cluster = cluster;
  }

  async apply(): Promise<void> {
    await this.#kubectl(['wait', '--for=create', 'serviceaccount/default', '--timeout=30s']);
    say(`$ kubectl apply -f examples/interlink_mock/payloads/busyecho_k8s.yaml`);
    say((await this.#kubectl(['apply', '-f', manifest])).trim());
  }

  /** Tells each phase as it comes, until the pod has succeeded. @throws Error when it fails, or takes too long */
  async watch(signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    let told = '';
    while (told !== 'Succeeded') {
      const phase = (await this.#kubectl(['get', 'pod', name, '-o', 'jsonpath={.status.phase}'])).trim();
      if (phase !== told && phase !== '') say(phase);
      told = phase;
      if (phase === 'Failed' || performance.now() > deadline) {
        throw new Error(`pod ${name} is ${phase}\n${await this.#kubectl(['describe', 'pod', name])}`);
      }
      await sleep(pollMs, undefined, { signal });
    }
  }

  async logs(): Promise<string> {
    return await this.#kubectl(['logs', name]);
  }

  async remove(): Promise<void> {
    await this.#run(['delete', 'pod', name, '--ignore-not-found', '--timeout=45s']);
  }

  /** The UID of kube-system, by which the pods of this cluster are known at the backend. */
  async clusterId(): Promise<string> {
    return await this.#kubectl(['get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}']);
  }

  async #kubectl(args: ReadonlyArray<string>): Promise<string> {
    const { stdout, stderr, exitCode } = await this.#run(args);
    if (exitCode !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr.trim()}`);
    return stdout;
  }

  async #run(args: ReadonlyArray<string>): Promise<CommandResult> {
    return await runCommand(this.#cluster.kubectl, ['--kubeconfig', this.#cluster.kubeconfig, ...args]);
  }
}
