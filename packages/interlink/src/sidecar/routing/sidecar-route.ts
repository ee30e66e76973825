import type { TlsFileNames } from '@interlink/service-kit';
import type { NodePattern } from './node-pattern.ts';

/** One row of the route table: a sidecar, and whose pods go there. */
export interface SidecarRoute {
  /** As `/readyz?verbose`, logs and messages call it. */
  readonly name: string;
  /** `http://host:port`, `https://host:port` or `unix:///path.sock`. */
  readonly url: string;
  readonly nodes: ReadonlyArray<NodePattern>;
  /** Of the pools that the sidecar announces, the one that the nodes of this row stand for. Undefined: as the sidecar says. */
  readonly pool: string | undefined;
  /** What is shown to the sidecar. Undefined: the account's token, to a sidecar of this machine. */
  readonly tokenFile: string | undefined;
  readonly tls: TlsFileNames;
  readonly v1: V1Settings;
}

/** What only matters when the sidecar is a v1 plugin. */
export interface V1Settings {
  /** What `/create` is sent: one object, or a list of one, as plugins before 0.5 want it. It is never found out by sending twice. */
  readonly createPayload: 'object' | 'list';
  /** How long only `/status` is asked of a pod, once it is not known whether a create had an effect. */
  readonly settleMs: number;
}
