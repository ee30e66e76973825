import type { Lease, Node, NodeCondition } from '@interlink/kube';
import { type ControlPlaneData, kubectl, type WaitOptions, waitFor } from '../../testbed/index.ts';

/** One node, seen and changed through kubectl. */
export class NodeView {
  readonly name: string;
  readonly #cluster: { controlPlane: ControlPlaneData };

  constructor(name: string, controlPlane: ControlPlaneData) {
    this.name = name;
    this.#cluster = { controlPlane };
  }

  /** @throws Error when there is no such node */
  async get(): Promise<Node> {
    return JSON.parse(await this.#run('get', 'node', this.name, '-o', 'json')) as Node;
  }

  /** As it is when it is first seen. */
  async waitUntilThere(): Promise<Node> {
    return await waitFor(`node ${this.name}`, async () => await this.get());
  }

  async lease(): Promise<Lease> {
    return JSON.parse(await this.#run('-n', 'kube-node-lease', 'get', 'lease', this.name, '-o', 'json')) as Lease;
  }

  async delete(): Promise<void> {
    await this.#run('delete', 'node', this.name);
  }

  /** @throws Error when the node does not have it */
  async condition(type: string): Promise<NodeCondition> {
    const found = (await this.get()).status?.conditions?.find((condition) => condition.type === type);
    if (found === undefined) throw new Error(`Node ${this.name} has no condition ${type}`);
    return found;
  }

  async waitForCondition(type: string, status: string, options?: WaitOptions): Promise<NodeCondition> {
    return await waitFor(
      `${type} of node ${this.name} to be ${status}`,
      async () => {
        const condition = await this.condition(type);
        if (condition.status === status) return condition;
        throw new Error(`${condition.status}: ${condition.message}`);
      },
      options,
    );
  }

  async #run(...args: ReadonlyArray<string>): Promise<string> {
    const { stdout, stderr, exitCode } = await kubectl(this.#cluster, args, { timeoutMs: 30_000 });
    if (exitCode === 0) return stdout;
    throw new Error(`kubectl ${args.join(' ')} exited with code ${exitCode}: ${stderr.trim()}`);
  }
}
