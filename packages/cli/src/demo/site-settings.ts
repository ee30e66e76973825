/** What the demo tells the process that keeps its site. Strings and flags: it goes there as JSON. */
export interface SiteSettings {
  /** The demo's folder, for all that the site writes. It is removed at the end. */
  readonly directory: string;
  /** Undefined: where everybody finds it. */
  readonly kubeconfig?: string | undefined;
  /** The cluster is on this machine's loopback. */
  readonly isLocal: boolean;
  /** The cluster ends with the demo, and with it the node. */
  readonly isEmbedded: boolean;
  readonly nodeName: string;
  readonly sidecar: 'docker' | 'process';
  readonly dockerHost?: string | undefined;
}

/** `unix://` in the demo's folder, which only this account can enter: no port is taken, and no token is needed. */
export function interlinkUrlOf({ directory }: SiteSettings): string {
  return `unix://${directory}/run/interlink.sock`;
}

export function sidecarUrlOf({ directory, sidecar }: SiteSettings): string {
  return `unix://${directory}/run/${sidecar}.sock`;
}
