import { request } from 'node:http';

export interface SidecarChoice {
  readonly sidecar: 'docker' | 'process';
  readonly dockerHost: string | undefined;
  readonly why: string;
}

const image = 'busybox:latest';
const pullTimeoutMs = 60_000;

/** Docker when an engine answers and has the demo's image, or can pull it; else local processes. */
export async function chooseSidecar(env: NodeJS.ProcessEnv): Promise<SidecarChoice> {
  const host = env.DOCKER_HOST ?? 'unix:///var/run/docker.sock';
  const noDocker = (why: string): SidecarChoice => ({
    sidecar: 'process',
    dockerHost: undefined,
    why: `${why}: commands run as local processes, images are ignored`,
  });
  try {
    if ((await ask(host, 'GET', '/_ping')) !== 200) return noDocker(`the Docker Engine at ${host} is not well`);
  } catch {
    return noDocker(`no Docker Engine answers at ${host}`);
  }
  if ((await ask(host, 'GET', `/images/${image}/json`)) === 200)
    return { sidecar: 'docker', dockerHost: host, why: `the Docker Engine at ${host} has ${image}` };
  await ask(host, 'POST', `/images/create?fromImage=${encodeURIComponent(image)}`, pullTimeoutMs).catch(
    () => undefined,
  );
  if ((await ask(host, 'GET', `/images/${image}/json`)) === 200)
    return { sidecar: 'docker', dockerHost: host, why: `the Docker Engine at ${host} has pulled ${image}` };
  return noDocker(`the Docker Engine at ${host} has no ${image} and can't pull it`);
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
