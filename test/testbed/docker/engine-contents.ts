import { requestEngine, requestEngineOrThrow } from './engine-api.ts';

/** Podman calls its own `podman`. */
const PREDEFINED_NETWORKS = ['bridge', 'host', 'none', 'podman'];

/** Kills and removes all containers of an engine, then its networks; with them go their interfaces on the host. */
export async function removeContainersAndNetworks(socket: string): Promise<void> {
  const containers = (await list(socket, '/containers/json?all=1')) as { Id: string }[];
  await Promise.all(containers.map(({ Id }) => remove(socket, `/containers/${Id}?force=1&v=1`)));
  const networks = (await list(socket, '/networks')) as { Id: string; Name: string }[];
  for (const { Id, Name } of networks) {
    if (!PREDEFINED_NETWORKS.includes(Name)) await remove(socket, `/networks/${Id}`);
  }
}

function list(socket: string, path: string): Promise<unknown> {
  return requestEngineOrThrow(socket, { method: 'GET', path });
}

/** One that is gone by itself, or is being removed by somebody else (409), is no failure. */
async function remove(socket: string, path: string): Promise<void> {
  const { status, text } = await requestEngine(socket, { method: 'DELETE', path });
  if (status >= 300 && status !== 404 && status !== 409) {
    throw new Error(`Docker Engine answered DELETE ${path} with ${status}: ${text.trim()}`);
  }
}
