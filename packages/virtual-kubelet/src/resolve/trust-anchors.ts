import type { ClusterTrustBundle, VolumeProjection } from '@interlink/kube';
import { quote } from './pod-objects.ts';
import { Unresolvable } from './resolve-error.ts';
import { allTrustBundles, trustBundlesVersion } from './trust-bundles.ts';

type Source = NonNullable<VolumeProjection['clusterTrustBundle']>;
type LabelSelector = NonNullable<Source['labelSelector']>;

/**
 * The certificates that a `clusterTrustBundle` projection selects, as PEM: each once, in an order that does not change. Words and
 * rules are the kubelet's.
 * @param bundles all there are; undefined: the API server does not have them
 * @throws Unresolvable when it selects none and is not optional
 * @see https://kubernetes.io/docs/concepts/storage/projected-volumes/#clustertrustbundle
 */
export function trustAnchors(source: Source, bundles: ReadonlyArray<ClusterTrustBundle> | undefined): string {
  const { name, signerName, labelSelector, optional = false } = source;
  if (name === undefined && signerName === undefined) {
    throw new Unresolvable('ClusterTrustBundle projection requires either name or signerName to be set');
  }
  const selected = (bundles ?? []).filter(({ metadata, spec }) =>
    name === undefined
      ? spec.signerName === signerName && matches(labelSelector, metadata?.labels ?? {})
      : metadata?.name === name,
  );
  if (selected.length > 0 || optional) return normalize(selected);
  if (bundles === undefined) {
    throw new Unresolvable('ClusterTrustBundle projection is not supported: the API server does not serve them');
  }
  throw new Unresolvable(
    name === undefined
      ? 'combination of signerName and labelSelector matched zero ClusterTrustBundles'
      : `while getting ClusterTrustBundle: clustertrustbundle.certificates.k8s.io ${quote(name)} not found`,
    [],
    [{ ...allTrustBundles, seen: trustBundlesVersion(bundles) }],
  );
}

/** No selector matches nothing, an empty one everything: `metav1.LabelSelectorAsSelector`. */
function matches(selector: LabelSelector | undefined, labels: Readonly<Record<string, string>>): boolean {
  if (selector === undefined) return false;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const isIn = value !== undefined && values.includes(value);
      return operator === 'In' ? isIn : operator === 'NotIn' && !isIn;
    })
  );
}

/** Without what stands between the blocks, headers, and duplicates. */
function normalize(bundles: ReadonlyArray<ClusterTrustBundle>): string {
  const bodies = bundles.flatMap(({ spec }) =>
    Array.from(spec.trustBundle.matchAll(pemBlock), ([, , body = '']) => body.replace(/\s/g, '')),
  );
  return [...new Set(bodies)]
    .sort()
    .map((body) => `-----BEGIN CERTIFICATE-----\n${body.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`)
    .join('');
}

/** Headers end with an empty line. */
const pemBlock = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n(?:[^\n]*:[^\n]*\n)*\s*([A-Za-z0-9+/=\s]+?)-----END \1-----/g;
