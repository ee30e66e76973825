import { parseQuantity } from '@interlink/kube';
import type { Capabilities, Pool } from '@interlink/protocol';
import { cleanLine } from './clean-text.ts';
import { isAllowedLabel } from './node-labels.ts';

/** What an administrator lets a backend say of its node. */
export interface CapabilityLimits {
  /** Quantities by resource name: it has no more than that, whatever it says. */
  readonly capacity: Readonly<Record<string, string>>;
  /** Domains whose labels it may set on the node, beside {@link isAllowedLabel}'s own. */
  readonly labelDomains: ReadonlyArray<string>;
}

const max = { pools: 64, resources: 64, labels: 64, warnings: 16, sysctls: 64 };
const native = /^(cpu|memory|pods|ephemeral-storage|hugepages-\d+(Ki|Mi|Gi))$/;
/** A domain, a slash and a name (https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#extended-resources). */
const extended =
  /^(?!([^/]*\.)?kubernetes\.io\/)(?!requests\.)(?=[^/]{1,244}\/)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/**
 * Capabilities with nothing in them that the Kubernetes API would refuse on a node (it would refuse the whole status with it) or
 * that is not the backend's to say.
 * @returns what was left out and why, beside them
 */
export function checkCapabilities(
  told: Capabilities,
  limits: CapabilityLimits,
): { capabilities: Capabilities; problems: string[] } {
  const problems: string[] = [];
  const { protocolVersions, backend, verbs, volumeTypes, queues, durable, enforcesDeadline, unsafeSysctls } = told;
  const { kubeconfig, warnings } = told;
  const capabilities: Capabilities = {
    protocolVersions: protocolVersions.slice(0, 8).map((version) => cleanLine(version, 16)),
    backend: { kind: cleanLine(backend.kind, 64) || 'unknown', version: cleanLine(backend.version, 64) },
    verbs: [...new Set(verbs)],
    volumeTypes: [...new Set(volumeTypes)],
    queues,
    pools: told.pools.slice(0, max.pools).map((pool) => checkPool(pool, limits, problems)),
    ...(durable === undefined ? {} : { durable }),
    ...(enforcesDeadline === undefined ? {} : { enforcesDeadline }),
    ...(unsafeSysctls === undefined
      ? {}
      : { unsafeSysctls: unsafeSysctls.slice(0, max.sysctls).map((name) => cleanLine(name, 253)) }),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(warnings === undefined
      ? {}
      : { warnings: warnings.slice(0, max.warnings).map((line) => cleanLine(line, 256)) }),
  };
  return { capabilities, problems };
}

function checkPool(pool: Pool, limits: CapabilityLimits, problems: string[]): Pool {
  const capacity: Record<string, string> = {};
  for (const [resource, quantity] of Object.entries(pool.capacity).slice(0, max.resources)) {
    const checked = checkQuantity(resource, quantity, limits.capacity[resource]);
    if (checked === undefined) problems.push(`capacity of ${show(resource)}`);
    else capacity[resource] = checked;
  }
  const labels: Record<string, string> = {};
  for (const [key, value] of Object.entries(pool.labels ?? {}).slice(0, max.labels)) {
    if (isAllowedLabel(key, value, limits.labelDomains)) labels[key] = value;
    else problems.push(`label ${show(key)}`);
  }
  return {
    name: cleanLine(pool.name, 253),
    capacity,
    ...(pool.labels === undefined ? {} : { labels }),
  };
}

/** Whole numbers but for cpu, as the API wants them, and such as can be counted with. */
function checkQuantity(resource: string, quantity: string, most: string | undefined): string | undefined {
  if ((!native.test(resource) && !extended.test(resource)) || quantity.length > 64) return undefined;
  try {
    const amount = parseQuantity(quantity);
    const isWhole = resource === 'cpu' ? amount <= Number.MAX_SAFE_INTEGER / 1_000 : Number.isSafeInteger(amount);
    if (!(amount >= 0) || !isWhole) return undefined;
    return most !== undefined && parseQuantity(most) < amount ? most : quantity;
  } catch {
    return undefined;
  }
}

function show(name: string): string {
  return JSON.stringify(cleanLine(name, 128));
}
