import { access, constants } from 'node:fs/promises';
import { InterLinkError } from '@interlink/protocol';
import { connectEngine, Engine, type EngineAddress, findEngineAddress } from '@interlink/sidecar-docker';
import { type Check, type Finding, NotApplicable, ok, problem, warning } from '../check.ts';
import { chooseBackends } from '../choose-backends.ts';

/** docs/docker.md: what older ones answer lacks members that are read. */
const leastApi = [1, 41] as const;

export const dockerEngine: Check = {
  name: 'docker-engine',
  summary:
    'The Docker Engine of `DOCKER_HOST`, or of the Docker context, lets this account in, is new enough, and its host can limit what pods use.',
  sides: ['site'],
  run: async (context) => {
    if (!(await chooseBackends(context)).has('docker')) throw new NotApplicable('no Docker sidecar is configured here');
    let address: EngineAddress | undefined;
    try {
      address = await findEngineAddress(context.env);
      if (address.kind === 'socket') await access(address.path, constants.R_OK | constants.W_OK);
    } catch (error) {
      return [closed(error, context.env.DOCKER_HOST || placeOf(address))];
    }
    const engine = new Engine(await connectEngine(address));
    try {
      const [info, { apiVersion }] = await Promise.all([engine.info(), engine.version()]);
      return [...versionOf(info.product, info.version, apiVersion), ...info.missingLimits.map(unlimited)];
    } catch (error) {
      return [silent(error, address)];
    }
  },
};

function versionOf(product: string, version: string, api: string): Finding[] {
  const [major = 0, minor = 0] = api.split('.').map(Number);
  const isOld = major < leastApi[0] || (major === leastApi[0] && minor < leastApi[1]);
  if (!isOld) return [ok(`${product} ${version}, API ${api}`)];
  return [
    problem({
      what: `${product} ${version} has API ${api}: ${leastApi.join('.')} or newer is wanted`,
      why: 'what older engines answer lacks what the sidecar goes by',
      fix: 'install Docker Engine 20.10 or newer',
    }),
  ];
}

function unlimited(what: string): Finding {
  return warning({
    what: `the engine’s host can’t limit ${what}`,
    why: 'pods use more than their limits say, at the cost of their neighbours',
    fix: 'enable that control group in the host’s kernel, and for rootless engines delegate it to the account',
  });
}

/** Undefined: what names it can't be read. */
function placeOf(address: EngineAddress | undefined): string {
  if (address === undefined) return 'Docker’s own configuration';
  return address.kind === 'socket' ? address.path : `${address.host}:${address.port}`;
}

function closed(error: unknown, where: string): Finding {
  const { message } = InterLinkError.from(error);
  const isRefused = error instanceof Error && 'code' in error && error.code === 'EACCES';
  return problem({
    what: `${where}: ${message}`,
    why: 'the Docker sidecar can’t run anything',
    fix: isRefused
      ? 'add the account to the group docker (usermod -aG docker ACCOUNT; who is in it has the whole machine) and log in anew, or run a rootless engine'
      : 'start the engine (systemctl start docker), or set DOCKER_HOST, or a Docker context, to where it listens: unix:///path or tcp://host:port',
  });
}

function silent(error: unknown, address: EngineAddress): Finding {
  return problem({
    what: `the Docker Engine at ${placeOf(address)}: ${InterLinkError.from(error).message}`,
    why: 'the Docker sidecar can’t run anything',
    fix: 'look at the engine: docker info, journalctl -u docker',
  });
}
