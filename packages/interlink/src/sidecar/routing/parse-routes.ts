import { InterLinkError } from '@interlink/protocol';
import type { SidecarRow } from '@interlink/service-kit';
import { parseNodePattern } from './node-pattern.ts';
import type { SidecarRoute } from './sidecar-route.ts';

/**
 * Reads `Sidecars` of the InterLink file, the table by which InterLink finds a node's sidecar.
 * @param settleSeconds of rows that name none
 * @throws InterLinkError `invalid_argument` with every problem at once
 */
export function parseRoutes(rows: ReadonlyArray<SidecarRow>, settleSeconds: number): SidecarRoute[] {
  const routes = rows.map((row, index) => parseRoute({ SettleSeconds: settleSeconds, ...row }, index));
  const names = repeated(routes, ({ name }) => name);
  const nodes = routes.flatMap((route) => route.nodes.map(({ text }) => ({ name: route.name, text })));
  const problems = [
    ...(rows.length === 0 ? ['Sidecars is empty: at least one sidecar is wanted'] : []),
    ...names.map(({ name }) => `Sidecars has two sidecars named ${name}`),
    ...repeated(nodes, ({ text }) => text).map(
      ({ name, text }) => `Sidecars names the nodes ${JSON.stringify(text)} twice, the second time for ${name}`,
    ),
  ];
  if (problems.length === 0) return routes;
  throw new InterLinkError('invalid_argument', `Invalid configuration: ${problems.join('; ')}`);
}

function parseRoute(row: SidecarRow & { SettleSeconds: number }, index: number): SidecarRoute {
  return {
    name: row.Name,
    url: row.URL,
    nodes: (row.Nodes ?? ['*']).map(parseNodePattern),
    pool: row.Pool,
    tokenFile: row.TokenFile,
    tls: { place: `Sidecars[${index}]`, caCertFile: row.CACertFile, certFile: row.CertFile, keyFile: row.KeyFile },
    v1: { createPayload: row.CreatePayload ?? 'object', settleMs: row.SettleSeconds * 1_000 },
  };
}

/** Elements whose key one before them has. */
function repeated<T>(elements: ReadonlyArray<T>, keyOf: (element: T) => string): T[] {
  const seen = new Set<string>();
  return elements.filter((element) => {
    const isSeen = seen.has(keyOf(element));
    seen.add(keyOf(element));
    return isSeen;
  });
}
