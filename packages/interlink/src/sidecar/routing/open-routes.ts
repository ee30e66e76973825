import { HttpTarget, type TargetObserver } from '@interlink/protocol';
import {
  accountToken,
  clientTls,
  type InterLinkConfig,
  type Logger,
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
  const routes =
    config.Sidecars === undefined
      ? [onlyRoute(config, account)]
      : parseRoutes(config.Sidecars, config['V1.SettleSeconds']);
  const v1 = { exportsPodData: config.ExportPodData, scripts: new JobScripts(config) };
  const open = async (route: SidecarRoute) => {
    const observer = metrics?.observerOf(route.name);
    const target = await openTarget({ route, account, logger: process.logger, observer });
    const link = new SidecarLink({ route, target, v1, ...process });
    metrics?.show(route.name, () => link);
    return link;
  };
  return new RouteTable(await Promise.all(routes.map(open)));
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
  readonly account: TokenFile;
  readonly logger: Logger;
  readonly observer: TargetObserver | undefined;
}

async function openTarget({ route, account, logger, observer }: TargetParts): Promise<HttpTarget> {
  const token = sidecarToken(route, account);
  return new HttpTarget({
    url: route.url,
    token: token === undefined ? undefined : () => token.current(),
    tls: await clientTls(route.url, route.tls, logger),
    headers: traceHeaders,
    connections: 256,
    observer,
  });
}
