import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineView } from '../../../e2e/drivers/engine.ts';
import { startOwnEngine } from '../../../e2e/drivers/own-engine.ts';
import type { Runtime, RuntimeSite } from './runtime.ts';

/** Of the sidecar itself, of images and of the engine. */
const records = ['.images', '.engine'];

/** Pods are containers of an engine of its own, which run on while dockerd does not. @param directory below which pods may write */
export async function startDockerRuntime(directory: string): Promise<Runtime> {
  const engine = await startOwnEngine({ liveRestore: true });
  const view = new EngineView(engine.data);
  const mounted = join(directory, 'ledgers');
  await mkdir(mounted);
  const dataFolder = (site: RuntimeSite) => join(site.directory, 'data');
  return {
    command: 'docker-sidecar',
    env: { DOCKER_HOST: engine.data.host },
    keys: { Docker: { HostPaths: [mounted] } },
    image: 'busybox:1.36',
    mounted,
    // Two dozen containers are begun and ended one after the other by an engine on a busy machine.
    slowerMs: 30_000,
    dataFolder,
    async leftBehind(site) {
      const [containers, folders] = await Promise.all([
        view.ofNode(site.node),
        readdir(dataFolder(site)).catch(() => [] as string[]),
      ]);
      return [
        ...containers.map(
          ({ Id, State, Labels }) => `${State} container ${Id} of pod ${Labels['interlink.eu/pod-uid']}`,
        ),
        ...folders.filter((name) => !records.includes(name)).map((name) => `folder ${name}`),
      ];
    },
    faults: {
      'dockerd restarted': async () => await engine.daemon.stop('SIGTERM'),
      'dockerd killed': async () => await engine.daemon.stop('SIGKILL'),
      'dockerd stopped': async () => engine.daemon.pause(),
      'docker machine cut': async () => {
        await engine.stop('SIGKILL');
        return async () => await engine.start();
      },
    },
    close: async () => await engine[Symbol.asyncDispose](),
  };
}
