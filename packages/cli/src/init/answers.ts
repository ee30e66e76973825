/** Where InterLink is, seen from the cluster. */
export const siteTypes = ['edge', 'tunnel', 'local'] as const;
export type SiteType = (typeof siteTypes)[number];

export const backends = ['docker', 'slurm', 'mock'] as const;
export type InitBackend = (typeof backends)[number];

/** How the virtual kubelet proves who it is, where the site has an open port. */
export const authentications = ['token', 'oidc', 'mtls'] as const;
export type Authentication = (typeof authentications)[number];

/** As flags have it, or questions: all that may be asked for. */
export interface GivenAnswers {
  readonly type?: SiteType;
  readonly backend?: InitBackend;
  readonly node?: string;
  readonly host?: string;
  readonly port?: number;
  readonly auth?: Authentication;
  readonly issuer?: string;
  readonly clientId?: string;
  readonly audience?: string;
  readonly group?: string;
  readonly clientSecretFile?: string;
  readonly refreshTokenFile?: string;
  readonly login?: true;
  readonly siteFolder?: string;
  readonly clusterFolder?: string;
}

/** The client's own secret; or a session: one that somebody began elsewhere, or that is begun now by a code for the browser. */
export type TokenSource =
  | { readonly kind: 'client-secret'; readonly file: string }
  | { readonly kind: 'session'; readonly file: string | undefined };

/** Of an issuer that both sides know. */
export interface OidcAnswers {
  readonly issuer: string;
  readonly clientId: string;
  readonly audience: string;
  /** The only group that is let in; undefined: whoever has a token. */
  readonly group: string | undefined;
  /** What tokens are got by; the content of a file is taken over. */
  readonly source: TokenSource;
}

export type EdgeAuthentication =
  | { readonly kind: 'token' }
  | { readonly kind: 'mtls' }
  | ({ readonly kind: 'oidc' } & OidcAnswers);

/** What is to be set up: whole, and checked. */
export interface InitAnswers {
  readonly backend: InitBackend;
  /** The virtual node's name. */
  readonly node: string;
  /** Absolute; where the files are at either end. */
  readonly siteFolder: string;
  readonly clusterFolder: string;
  readonly site:
    | { readonly type: 'local' }
    | { readonly type: 'tunnel' }
    | {
        readonly type: 'edge';
        readonly host: string;
        readonly port: number;
        readonly authentication: EdgeAuthentication;
      };
}
