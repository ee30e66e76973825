import { request } from 'node:http';
import { InterLinkError } from '@interlink/protocol';

export interface SidecarChoice {
  readonly sidecar: 'docker' | 'process';
  readonly dockerHost: string | undefined;
  readonly why: string;
}

const image = 'busybox:latest';
const pullTimeoutMs = 60_000;

/**
 * `auto`: Docker when an engine answers and has the demo's image, else local processes: nothing is pulled unasked. `docker`: pulls it when
 * need be. @throws InterLinkError `unavailable` when Docker was asked for and can't
 */
export async function chooseSidecar(
  wanted: 'auto' | 'docker' | 'process',
  env: NodeJS.ProcessEnv,
): Promise<SidecarChoice> {
  const process = (why: string): SidecarChoice => ({ sidecar: 'process', dockerHost: undefined, why });
  if (wanted === 'process') return process('commands run as local processes, images are ignored');
  const host = env.DOCKER_HOST || 'unix:///var/run/docker.sock';
  const docker = (why: string): SidecarChoice => ({ sidecar: 'docker', dockerHost: host, why });
  const hasImage = await ask(host, 'GET', `/images/${image}/json`).catch(() => 0);
  if (hasImage === 200) return docker(`the engine at ${host} has ${image}`);
  const trouble = hasImage === 0 ? `no Docker Engine at ${host}` : `the engine at ${host} has no ${image}`;
  if (wanted === 'auto') return process(`commands run as local processes (${trouble})`);
  const pulled = await ask(host, 'POST', `/images/create?fromImage=${encodeURIComponent(image)}`, pullTimeoutMs).catch(
    () => 0,
  );
  if (pulled === 200 && (await ask(host, 'GET', `/images/${image}/json`)) === 200) {
    return docker(`the engine at ${host} has pulled ${image}`);
  }
  throw new InterLinkError(
    'unavailable',
    `Cannot run the demo on Docker: ${trouble}${hasImage === 0 ? '' : ", and can't pull it"}`,
  );
}

/** One call of the Engine API. @returns the status, once the answer has ended */
function ask(host: string, method: string, path: string, timeoutMs = 5_000): Promise<number> {
  const target = host.startsWith('unix://')
    ? { socketPath: host.slice('unix://'.length) }
    : { host: new URL(host).hostname, port: new URL(host).port };
  return new Promise((resolve, reject) => {
    const call = request({ ...target, method, path, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
      response.once('error', reject);
    });
    call.once('error', reject);
    call.end();
  });
}
