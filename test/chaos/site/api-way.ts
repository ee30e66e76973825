import type { Interference, SeenRequest } from '../../testbed/fault-proxy.ts';
import { FaultProxy } from '../../testbed/fault-proxy.ts';
import type { ControlPlaneData } from '../../testbed/index.ts';
import { Way } from './way.ts';

export type ApiFault = (request: SeenRequest) => Interference | undefined;

/** What stands between the virtual kubelets and their API server: a way for bytes, and behind it one that knows requests. */
export class ApiWay {
  readonly way: Way;
  readonly proxy: FaultProxy;
  readonly #faults = new Set<ApiFault>();

  private constructor(way: Way, proxy: FaultProxy) {
    this.way = way;
    this.proxy = proxy;
    proxy.fault = (request) => {
      for (const fault of this.#faults) {
        const interference = fault(request);
        if (interference !== undefined) return interference;
      }
      return undefined;
    };
  }

  static async open(controlPlane: ControlPlaneData, server: string): Promise<ApiWay> {
    const proxy = await FaultProxy.start({ ...controlPlane, server });
    const way = await Way.open({ port: 0 });
    way.targets = [{ port: Number(new URL(proxy.url).port) }];
    return new ApiWay(way, proxy);
  }

  get url(): string {
    return `http://127.0.0.1:${this.way.port}`;
  }

  /** Of several the first that has something to do to a request does it. @returns what ends it */
  begin(fault: ApiFault): () => void {
    this.#faults.add(fault);
    return () => void this.#faults.delete(fault);
  }

  async close(): Promise<void> {
    await this.way.close();
    await this.proxy.close();
  }
}
