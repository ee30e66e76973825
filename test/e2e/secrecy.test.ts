import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Secret } from '@interlink/kube';
import { describe, expect } from 'vitest';
import { waitFor } from '../testbed/index.ts';
import type { Site } from '../testbed/site/site.ts';
import { NodeView } from './drivers/node.ts';
import { pod, shell } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const test = siteTest('secrecy', { env: { LOGLEVEL: 'debug' } });
const value = 'hunter2-must-not-be-logged';
const secret: Secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'credentials' },
  stringData: { password: value },
};

describe.skipIf(cannotRun)('logs at level debug', () => {
  test('hold no value of a Secret and no token; a line about a pod says which, and on which node', async ({
    site,
    namespace,
  }) => {
    const env = [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'credentials', key: 'password' } } }];
    const volumeMounts = [{ name: 'credentials', mountPath: '/credentials' }];
    const volumes = [{ name: 'credentials', secret: { secretName: 'credentials' } }];
    const container = shell('main', 'echo "$PASSWORD" | wc -c', { env, volumeMounts });
    // What the engine refuses comes back in its words: $(PASSWORD) is expanded before it gets there.
    const broken = { ...container, command: ['/no/such/$(PASSWORD)'] };
    await namespace.apply(
      secret,
      pod(site.nodeName, 'keeper', { volumes, containers: [container], automountServiceAccountToken: true }),
      pod(site.nodeName, 'broken', { volumes, containers: [broken] }),
    );
    await namespace.waitForPhase('keeper', 'Succeeded');
    await namespace.waitForPhase('broken', 'Failed');
    expect(await namespace.run('logs', 'keeper')).toBe(`${value.length + 1}\n`);

    const token = (await readFile(site.tokenFile, 'utf8')).trim();
    await expectUnlogged(site, [value, Buffer.from(value).toString('base64'), token]);
    for (const { name, logFile } of [site.vk, site.sidecar]) {
      const lines = (await readFile(logFile, 'utf8')).split('\n').filter((line) => /"pod(Uid)?":/.test(line));
      expect([
        name,
        lines.length > 0,
        lines.filter((line) => !/(?=.*"pod":)(?=.*"podUid":)(?=.*"node":)/.test(line)),
      ]).toEqual([name, true, []]);
    }
  });

  test('hold neither token when the virtual kubelet shows a wrong one; node and pods say what is wrong', async ({
    site,
    namespace,
    controlPlane,
  }) => {
    const node = new NodeView(site.nodeName, controlPlane);
    const wrongToken = 'wrong-token-must-not-be-logged';
    const wrongTokenFile = join(dirname(site.tokenFile), 'wrong-token');
    await writeFile(wrongTokenFile, wrongToken);
    await site.vk.stop();
    await site.vk.start('backend out of reach', { VKTOKENFILE: wrongTokenFile });

    const lost = await node.waitForCondition('InterLinkConnectivity', 'False');
    expect(lost.message).toMatch(/bearer token is not the right one/i);
    const containers = [shell('main', 'true')];
    await namespace.apply(pod(site.nodeName, 'refused', { nodeName: site.nodeName, containers }));
    await namespace.waitForEvent('refused', 'BackendUnreachable', /bearer token is not the right one/i);
    expect(await namespace.waitForWaiting('refused', 'main', /ContainerCreating/)).toMatch(
      /token is not the right one/,
    );

    const token = (await readFile(site.tokenFile, 'utf8')).trim();
    await expectUnlogged(site, [wrongToken, token]);
    await writeFile(wrongTokenFile, token);
    await namespace.waitForPhase('refused', 'Succeeded');
  });
});

async function expectUnlogged(site: Site, secrets: ReadonlyArray<string>): Promise<void> {
  for (const { name, logFile } of site.parts) {
    // A request is logged once its connection has been let go of, which may be after its answer was read.
    const log = await waitFor(`${name} to log at level debug`, async () => {
      const text = await readFile(logFile, 'utf8');
      return text.includes('"level":"debug"') && text;
    });
    for (const word of secrets) expect([name, log.includes(word)]).toEqual([name, false]);
  }
}
