import {
  type ControlPlaneData,
  type SecondApiServer,
  type SecondApiServerOptions,
  startSecondApiServer,
} from '../../testbed/index.ts';
import { findFreePorts } from '../../testbed/process/free-ports.ts';

/** The API server of the virtual kubelets, which can be killed; truth is asked of the other one on the same etcd. */
export class ChaosApiServer {
  readonly server: string;
  readonly #controlPlane: ControlPlaneData;
  readonly #options: SecondApiServerOptions;
  #running: SecondApiServer | undefined;
  #downs = 0;
  #turn = Promise.resolve();

  private constructor(controlPlane: ControlPlaneData, options: SecondApiServerOptions) {
    this.#controlPlane = controlPlane;
    this.#options = options;
    this.server = `https://127.0.0.1:${options.port}`;
  }

  static async start(controlPlane: ControlPlaneData, directory: string): Promise<ChaosApiServer> {
    const [port = 0] = await findFreePorts(1);
    const server = new ChaosApiServer(controlPlane, { directory, flags: [], port });
    await server.#start();
    return server;
  }

  /** `kill -9`. @returns what starts it again, and waits until it is ready */
  async kill(): Promise<() => Promise<void>> {
    await this.#inTurn(async () => {
      this.#downs += 1;
      await this.#running?.kill();
    });
    return async () =>
      await this.#inTurn(async () => {
        this.#downs -= 1;
        if (this.#downs === 0) await this.#start();
      });
  }

  /** etcd forgets all history. */
  async compact(): Promise<void> {
    const { header } = (await this.#etcd('kv/range', { key: btoa('\0') })) as { header: { revision: string } };
    await this.#etcd('kv/compaction', { revision: header.revision, physical: true });
  }

  async stop(): Promise<void> {
    await this.#running?.kill();
  }

  async #start(): Promise<void> {
    this.#running = await startSecondApiServer(this.#controlPlane, this.#options);
  }

  async #etcd(path: string, body: object): Promise<unknown> {
    const url = `${this.#controlPlane.etcd}/v3/${path}`;
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`etcd answered ${path} with ${response.status}: ${await response.text()}`);
    return await response.json();
  }

  async #inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => undefined);
    await done;
  }
}
