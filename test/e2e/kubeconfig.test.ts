import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { kubectl, waitFor } from '../testbed/index.ts';
import { Site } from '../testbed/site/site.ts';
import { Namespace } from './drivers/namespace.ts';
import { cannotRun } from './drivers/site-test.ts';
import { partsOf } from './drivers/testbed-parts.ts';

const testbed = inject('testbed');

test.skipIf(cannotRun)(
  'a sidecar that asks for a kubeconfig is the service account in the cluster, once that is there',
  async () => {
    const { controlPlane } = partsOf(testbed);
    const directory = await mkdtemp(join(tmpdir(), 'e2e-kubeconfig-'));
    onTestFinished(async () => await rm(directory, { recursive: true }));
    const namespace = await Namespace.create('e2e-kubeconfig', controlPlane);
    onTestFinished(async () => await namespace.delete());
    const nodeName = 'e2e-kubeconfig';
    const configFile = join(directory, 'InterLinkConfig.yaml');
    const DataRootFolder = join(directory, 'data');
    const config = { ServiceAccount: 'plugin', Namespace: namespace.name, ClusterID: 'e2e', DataRootFolder };
    await writeFile(configFile, JSON.stringify(config));
    const { kubeconfig } = controlPlane;
    const env = { INTERLINKCONFIGPATH: configFile };
    const site = await Site.start({ directory, kubeconfig, nodeName, sidecar: 'mock', dockerHost: '', env });
    onTestFinished(async () => {
      await site.stop();
      await kubectl(testbed, ['delete', 'node', nodeName, '--wait=false']);
    });

    const events = async () =>
      (
        await kubectl(testbed, [
          'get',
          'events',
          '--namespace=default',
          `--field-selector=involvedObject.name=${nodeName}`,
        ])
      ).stdout;
    await waitFor('an event that the account is missing', async () => {
      return /Warning +KubeconfigNotDelivered .*"plugin" not found/.test(await events()) || undefined;
    });
    await kubectl(testbed, ['create', 'serviceaccount', 'plugin', '--namespace', namespace.name]);
    const path = join(DataRootFolder, '.kubeconfigs', 'e2e', nodeName);
    const { mode } = await waitFor('the kubeconfig', async () => await stat(path).catch(() => undefined));
    expect(mode & 0o777).toBe(0o600);
    const whoami = ['auth', 'whoami', '--output=jsonpath={.status.userInfo.username}'];
    expect((await kubectl(testbed, whoami, { kubeconfig: path })).stdout).toBe(
      `system:serviceaccount:${namespace.name}:plugin`,
    );
    const token = /token: (\S+)/.exec(await readFile(path, 'utf8'))?.[1] ?? 'no token';
    for (const part of site.parts) expect(await readFile(part.logFile, 'utf8')).not.toContain(token);
  },
);
