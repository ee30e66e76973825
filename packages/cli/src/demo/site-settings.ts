import { join } from 'node:path';

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

/** The configuration of the site's processes, and of whoever asks after them. */
export function configFileOf({ directory }: SiteSettings): string {
  return join(directory, 'InterLinkConfig.yaml');
}

/** What is written there; a JSON string is one of YAML, too. */
export function renderConfig(settings: SiteSettings): string {
  const { directory, nodeName } = settings;
  const rows = {
    InterlinkURL: interlinkUrlOf(settings),
    SidecarURL: sidecarUrlOf(settings),
    DataRootFolder: join(directory, 'data'),
    VirtualNodes: [{ Name: nodeName }],
  };
  return Object.entries(rows)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');
}
