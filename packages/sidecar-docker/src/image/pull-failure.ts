import type { ImageReason } from '@interlink/sidecar-sdk';

/** Why a pull failed, as far as it helps somebody who did not set up the registry. */
export type FailureKind = 'unauthorised' | 'not-found' | 'unreachable' | 'untrusted' | 'limited' | 'other';

export interface PullFailure {
  readonly kind: FailureKind;
  readonly reason: ImageReason;
  /** For the pod's author: what it means, and behind it the engine's own words. */
  readonly message: string;
}

/** What a pull was tried with. */
export interface PullCircumstances {
  readonly image: string;
  readonly registry: string;
  /** Credentials that fit were shown. */
  readonly hasLogin: boolean;
  /** The pod has credentials, for whatever registry. */
  readonly hasCredentials: boolean;
}

/** The words of engines and registries, in the order in which they are looked for. */
const patterns: ReadonlyArray<readonly [FailureKind, RegExp]> = [
  ['untrusted', /x509:|certificate|HTTP response to HTTPS client/i],
  ['limited', /toomanyrequests|too many requests|rate limit/i],
  [
    'unauthorised',
    /unauthori[sz]ed|no basic auth|authentication required|access denied|denied:|forbidden|incorrect username or password/i,
  ],
  ['not-found', /manifest unknown|name unknown|not found|no matching manifest|does not exist/i],
  [
    'unreachable',
    /connection refused|no such host|timeout|unreachable|no route to host|connection reset|server misbehaving|deadline exceeded|bad gateway|service unavailable|\bEOF\b/i,
  ],
];

/** @param text the engine's own */
export function toPullFailure(text: string, circumstances: PullCircumstances): PullFailure {
  const [kind] = patterns.find(([, pattern]) => pattern.test(text)) ?? (['other'] as const);
  const reason = kind === 'unreachable' ? 'RegistryUnavailable' : 'ErrImagePull';
  const meaning = explain(kind, circumstances);
  return { kind, reason, message: meaning === undefined ? text : `${meaning}: ${text}` };
}

function explain(kind: FailureKind, circumstances: PullCircumstances): string | undefined {
  const { image, registry } = circumstances;
  switch (kind) {
    case 'unauthorised':
      return explainLogin(circumstances);
    case 'not-found':
      return `registry ${registry} has no image ${JSON.stringify(image)} for this machine; check its name and tag`;
    case 'unreachable':
      return `registry ${registry} can't be reached from the machine that runs the pod`;
    case 'untrusted':
      return `the Docker Engine does not trust registry ${registry}; its administrator can change that`;
    case 'limited':
      return `registry ${registry} takes no more pulls for now; a login of its own, in imagePullSecrets, may be allowed more`;
    case 'other':
      return undefined;
  }
}

function explainLogin({ image, registry, hasLogin, hasCredentials }: PullCircumstances): string {
  if (hasLogin)
    return `registry ${registry} does not let the pod's imagePullSecrets have image ${JSON.stringify(image)}`;
  const secrets = hasCredentials ? "none of the pod's imagePullSecrets is for it" : 'the pod has no imagePullSecrets';
  return `registry ${registry} wants a login for image ${JSON.stringify(image)}, if there is one, and ${secrets}`;
}
