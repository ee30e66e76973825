import { dirname } from 'node:path';
import { renderMissing } from './missing-parts.ts';
import { startTestbed, type Testbed } from './testbed.ts';

// `make testbed`: everything for hand work, until Ctrl-C.

const interruption = new AbortController();
const interrupted = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interruption.abort();
      resolve();
    });
  }
});

try {
  const testbed = await startTestbed({ signal: interruption.signal });
  process.stdout.write(`${renderWelcome(testbed)}\n`);
  await interrupted;
  process.stdout.write('Stopping …\n');
  await testbed.stop();
  process.stdout.write('The testbed is gone.\n');
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = interruption.signal.aborted ? 130 : 1;
}

function renderWelcome({ directory, controlPlane, docker, missing }: Testbed): string {
  const exports: string[] = [];
  if (controlPlane) exports.push(`export KUBECONFIG='${controlPlane.kubeconfig}'`);
  if (controlPlane) exports.push(`export PATH='${dirname(controlPlane.kubectl)}':"$PATH"`);
  if (docker) exports.push(`export DOCKER_HOST='${docker.host}'`);
  const sections = [`The testbed is ready in ${directory}. In another shell:`, exports.join('\n'), 'Ctrl-C ends it.'];
  if (missing.length > 0) sections.push(renderMissing(missing));
  return sections.join('\n\n');
}
