import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startTestbed } from '../test/testbed/index.ts';
import { Site } from '../test/testbed/site/site.ts';
import { LoadRun } from './load-run.ts';
import { printReport } from './report.ts';

// N pods through a real API server, our Virtual Kubelet, InterLink and the mock sidecar, authentication on as shipped:
//   make bench PODS=500
const { values } = parseArgs({
  options: {
    pods: { type: 'string', default: '500' },
    /** Give pods the default service account's token, as ordinary pods have. */
    tokens: { type: 'boolean', default: false },
  },
});

const directory = join(tmpdir(), `interlink-bench-${process.pid}`);
await mkdir(directory, { recursive: true, mode: 0o700 });
const testbed = await startTestbed({ docker: false });
let site: Site | undefined;
try {
  if (testbed.controlPlane === undefined) throw new Error(`No control plane: ${JSON.stringify(testbed.missing)}`);
  const cluster = testbed.controlPlane;
  site = await Site.start({ directory, kubeconfig: cluster.kubeconfig, nodeName: 'bench', sidecar: 'mock' });
  const load = await LoadRun.open({ cluster, site, podCount: Number(values.pods), hasTokens: values.tokens });
  printReport(await load.run());
  await load.close();
} finally {
  await site?.stop();
  await testbed.stop();
  await rm(directory, { recursive: true });
}
