import { HttpTarget, type HttpTargetOptions, type TargetObserver } from '@interlink/protocol';
import {
  accountToken,
  clientTls,
  type InterLinkConfig,
  type Logger,
  noLimits,
  sidecarUrl,
  type TokenFile,
  type Tracer,
  tlsFileNames,
  traceHeaders,
} from '@interlink/service-kit';
import type { SidecarMetrics } from '../../metrics/sidecar-metrics.ts';
import { JobScripts } from '../job-scripts.ts';
import { SidecarLink } from '../sidecar-link.ts';
import { parseNodePattern } from './node-pattern.ts';
import { parseRoutes } from './parse-routes.ts';
import { RouteTable } from './route-table.ts';
import type { SidecarRoute } from './sidecar-route.ts';
import { sidecarToken } from './sidecar-token.ts';

interface RouteProcess {
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly tracer?: Tracer | undefined;
  readonly metrics?: SidecarMetrics | undefined;
}

/** The route table of the configuration, with nothing asked of anybody yet. @throws InterLinkError `invalid_argument` for a bad table or file */
export async function openRoutes(config: InterLinkConfig, { metrics, ...process }: RouteProcess): Promise<RouteTable> {
  const account = await accountToken(config);
  const routes = configuredRoutes(config, account);
  const v1 = { exportsPodData: config.ExportPodData, scripts: new JobScripts(config) };
  const limits = { ...noLimits, bodyBytes: config['Limits.BodyBytes'] };
  const open = async (route: SidecarRoute) => {
    const observer = metrics?.observerOf(route.name);
    const file = sidecarToken(route, account);
    const token = file === undefined ? undefined : () => file.current();
    const target = await openTarget({ route, token, logger: process.logger, observer });
    const link = new SidecarLink({ route, target, v1, limits, ...process });
    metrics?.show(route.name, () => link);
    return link;
  };
  return new RouteTable(await Promise.all(routes.map(open)));
}

/** The rows of the configuration, in its order; without a table, the one of SidecarURL. @throws InterLinkError `invalid_argument` for a bad table */
export function configuredRoutes(config: InterLinkConfig, account: TokenFile): SidecarRoute[] {
  if (config.Sidecars === undefined) return [onlyRoute(config, account)];
  return parseRoutes(config.Sidecars, config['V1.SettleSeconds']);
}

/** Without a table, one sidecar has the pods of all. */
function onlyRoute(config: InterLinkConfig, account: TokenFile): SidecarRoute {
  return {
    name: 'sidecar',
    url: sidecarUrl(config),
    nodes: [parseNodePattern('*')],
    pool: undefined,
    tokenFile: account.path,
    tls: tlsFileNames(config),
    v1: { createPayload: 'object', settleMs: config['V1.SettleSeconds'] * 1_000 },
  };
}

interface TargetParts {
  readonly route: SidecarRoute;
  /** What the sidecar is shown. */
  readonly token: HttpTargetOptions['token'];
  readonly logger: Logger;
  readonly observer?: TargetObserver | undefined;
}

/** The way to a route's sidecar, with what it is shown; nothing is asked of it yet. @throws InterLinkError `invalid_argument` for a bad file */
export async function openTarget({ route, token, logger, observer }: TargetParts): Promise<HttpTarget> {
  return new HttpTarget({
    url: route.url,
    token,
    tls: await clientTls(route.url, route.tls, logger),
    headers: traceHeaders,
    connections: 256,
    observer,
  });
}
