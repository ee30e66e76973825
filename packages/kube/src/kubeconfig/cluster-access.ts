/** What TLS needs, all in PEM. A new object means that something in it changed and that connections must be made anew. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The name that the server's certificate must be for, when it is not the host of the URL. */
  readonly serverName?: string;
  readonly insecureSkipVerify: boolean;
}

/** What one request needs to be let in. */
export interface Credentials {
  /** Request headers (`authorization`, `impersonate-*`), names in lower case. Secret. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** The same object as long as nothing in it changed. */
  readonly tls: TlsMaterial;
}

/** Where a cluster is and how to be let in. */
export interface ClusterAccess {
  /** Base URL, with a path where the API sits below one. */
  readonly server: URL;
  /** Where this was read from, for messages: `kubeconfig "/root/.kube/config", context "kind"`. */
  readonly source: string;
  /** The context's namespace, or that of the pod when in a cluster. */
  readonly namespace?: string;
  /** By the service account of a pod. */
  readonly isInCluster?: boolean;
  readonly proxyUrl?: URL;
  /** Credentials as of now; called before each request, so it answers from memory nearly always. */
  credentials(): Promise<Credentials>;
  /** The API server answered 401: forget what is cached. False when there is nothing that could be fresher. */
  refresh(): boolean;
}

/** Gives the same `TlsMaterial` object while its content stays equal, so that callers may compare by identity. */
export class StableTlsMaterial {
  #last: TlsMaterial | undefined;

  /** @returns the object given, or the one given before when both are equal. */
  settle(material: TlsMaterial): TlsMaterial {
    const last = this.#last;
    const same =
      last !== undefined &&
      last.ca === material.ca &&
      last.cert === material.cert &&
      last.key === material.key &&
      last.serverName === material.serverName &&
      last.insecureSkipVerify === material.insecureSkipVerify;
    if (!same) this.#last = material;
    return same ? last : material;
  }
}
