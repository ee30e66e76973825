import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { ON_DEMAND_TIMEOUT_MS } from '../../testbed/index.ts';
import { Sshd } from '../../testbed/ssh/sshd.ts';
import { Guide } from '../drivers/guide.ts';
import { cannotWalk, guideOptions } from '../drivers/guide-options.ts';
import { Namespace } from '../drivers/namespace.ts';
import { NodeView } from '../drivers/node.ts';
import { pod, shell } from '../drivers/pods.ts';
import { partsOf } from '../drivers/testbed-parts.ts';

const testbed = inject('testbed');
const patient = { timeoutMs: 60_000 };
const root = join(import.meta.dirname, '../../..');

describe.skipIf(cannotWalk(testbed))('docs/guides/tunnelled.md', { timeout: ON_DEMAND_TIMEOUT_MS }, () => {
  test('opened at the cluster’s end: pods run on while it is cut and while it is gone, and are heard of afterwards', async () => {
    await walk(async ({ guide, site, cluster, sshd, namespace, node }) => {
      site.start(await guide.commands('At the site'));
      cluster.start(await guide.commands('The tunnel, opened at the cluster’s end', 'At the cluster’s end'));
      await sshd.authorize(await cluster.read('interlink-vk/id_ed25519.pub'), 'restrict,port-forwarding');
      expect(await guide.administer('A pod')).toMatch(/hello from a virtual node\nbye\n$/);

      const [go, waits] = [join(site.home, 'go'), 'stays'];
      const script = `echo begun; until test -e ${go} || ! test -d ${site.home}; do sleep 0.2; done; echo ended`;
      await namespace.apply(pod(node.name, waits, { containers: [shell('main', script)] }));
      await namespace.waitForPhase(waits, 'Running', patient);
      await sshd.disturb('SIGKILL');
      await namespace.apply(pod(node.name, 'after', { containers: [shell('main', 'echo ran')] }));
      await namespace.waitForPhase('after', 'Succeeded', patient);
      expect(await namespace.run('logs', waits)).toBe('begun\n');

      await sshd.pause();
      const { message } = await node.waitForCondition('InterLinkConnectivity', 'False', patient);
      expect(message).toContain('interlink.sock');
      expect((await node.condition('Ready')).status).toBe('True');
      await writeFile(go, '');
      await sshd.resume();
      await node.waitForCondition('InterLinkConnectivity', 'True', patient);
      await namespace.waitForPhase(waits, 'Succeeded', patient);
      expect(await namespace.run('logs', waits)).toBe('begun\nended\n');
    });
  });

  test('opened at the site: it is opened again when it is cut and when it is silent', async () => {
    await walk(async ({ guide, site, cluster, sshd, namespace, node }) => {
      await cluster.write('interlink-vk/run/.keep', '');
      site.start(await guide.commands('At the site', 'The tunnel, opened at the site'));
      cluster.start(await guide.commands('At the cluster’s end'));
      await sshd.authorize(await site.read('interlink/id_ed25519.pub'), 'restrict,port-forwarding');
      expect(await guide.administer('A pod')).toMatch(/hello from a virtual node\nbye\n$/);

      for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
        await sshd.disturb(signal);
        const name = `after-${signal.toLowerCase()}`;
        await namespace.apply(pod(node.name, name, { containers: [shell('main', 'echo ran')] }));
        await namespace.waitForPhase(name, 'Succeeded', patient);
        expect(await namespace.run('logs', name)).toBe('ran\n');
      }
    });
  });
});

let walks = 0;
type Walk = Awaited<ReturnType<typeof prepare>>;

async function walk(body: (walk: Walk) => Promise<void>): Promise<void> {
  await Guide.walk(await guideOptions(testbed, 'tunnelled'), async (guide) => await body(await prepare(guide)));
}

/** Both machines of the page, and the sshd of the one that is connected to. */
async function prepare(guide: Guide) {
  const { controlPlane } = partsOf(testbed);
  const [site, cluster] = [await guide.machine('site'), await guide.machine('cluster')];
  const directory = join(site.home, 'sshd');
  guide.names.set('/home/me/', `${site.home}/`).set('/home/vk/', `${cluster.home}/`);
  for (const user of ['me', 'vk']) guide.names.set(`User ${user}\n`, `User ${guide.account.name}\n`);
  const sshd = await Sshd.start({ account: guide.account, directory, config: guide.translate(await sshdConfig()) });
  guide.atEnd(async () => await sshd[Symbol.asyncDispose]());
  for (const host of ['login.example', 'cluster.example']) {
    guide.names.set(`HostName ${host}`, `HostName 127.0.0.1\n  Port ${sshd.port}`);
    guide.names.set(`ssh-keyscan ${host}`, `ssh-keyscan -p ${sshd.port} 127.0.0.1`);
  }
  const namespace = await Namespace.create(`guide-tunnelled-${++walks}`, controlPlane);
  guide.atEnd(async () => await namespace.delete());
  return { guide, site, cluster, sshd, namespace, node: new NodeView('my-site', controlPlane) };
}

/** What the page has for /etc/ssh/sshd_config. */
async function sshdConfig(): Promise<string> {
  const page = await readFile(join(root, 'docs/guides/tunnelled.md'), 'utf8');
  const [, lines] = /```ssh-config\n([\s\S]*?)```/.exec(page) ?? [];
  if (lines === undefined) throw new Error('docs/guides/tunnelled.md has nothing for /etc/ssh/sshd_config');
  return lines;
}
