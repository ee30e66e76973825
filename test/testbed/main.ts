import { dirname } from 'node:path';
import { renderMissing } from './missing-parts.ts';
import { offers, slurmCluster, slurmHost } from './on-demand.ts';
import { startTestbed, type Testbed } from './testbed.ts';
import type { SlurmClusterData, SlurmHostData } from './testbed-data.ts';

// `make testbed`: everything for hand work, until Ctrl-C; Slurm as well with `make testbed SLURM=1`.

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
  const slurm = Boolean(process.env.SLURM);
  const testbed = await startTestbed({ slurm, signal: interruption.signal });
  process.stdout.write(`${renderWelcome(testbed)}\n`);
  await Promise.race([startSlurm(testbed), interrupted]);
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

async function startSlurm(testbed: Testbed): Promise<void> {
  if (offers(testbed, 'slurmHost')) process.stdout.write(`\n${renderSlurmHost(await slurmHost(testbed))}\n`);
  if (offers(testbed, 'slurmCluster')) process.stdout.write(`\n${renderSlurmCluster(await slurmCluster(testbed))}\n`);
}

function renderSlurmHost({ conf, version, account }: SlurmHostData): string {
  return `Slurm ${version} on this machine, for root and for account ${account.name}:\n\nexport SLURM_CONF='${conf}'`;
}

function renderSlurmCluster({ version, containers, registries }: SlurmClusterData): string {
  const shell = `docker exec --interactive --tty --user alice --workdir /home/alice ${containers.login} bash`;
  const images = `docker://${registries.open}/busybox:1.36`;
  return `Slurm ${version} with nodes c1 and c2, which pull ${images} (APPTAINER_NOHTTPS=1); its login host:\n\n${shell}`;
}
