import type { Duplex } from 'node:stream';
import { InterLinkError, type PodReference } from '@interlink/sidecar-sdk';
import { findRunningPod, type StreamContext } from './exec.ts';
import { bashArgv } from './slurm/bash-argv.ts';
import { joinStreams } from './streams/join-streams.ts';
import { perlPipe, portPipe } from './streams/port-pipe.ts';

/**
 * Connects to a port of the node that runs the pod's job, by a step: jobs have the node's network, and compute nodes are seldom reachable
 * from elsewhere. @throws InterLinkError `failed_precondition` while the job does not run
 */
export async function forwardPort(
  { slurm, book, now }: StreamContext,
  { pod, port, signal }: { readonly pod: PodReference; readonly port: number; readonly signal: AbortSignal },
): Promise<Duplex> {
  const found = await findRunningPod({ book, now }, pod);
  if (found === undefined) throw new InterLinkError('failed_precondition', `pod "${pod.name}" is not running`);
  const { jobId, node } = found;
  const step = slurm.spawnStep(jobId, bashArgv(portPipe, String(port), perlPipe), { node, signal });
  let chatter = '';
  step.stderr.on('data', (chunk: Buffer) => {
    if (chatter.length < 1_024) chatter += chunk.toString();
  });
  const judged = step.ended.then(({ exitCode }) => {
    const [problem = ''] = chatter.split('\n');
    if (exitCode !== 0 && !connection.destroyed && problem !== '') {
      connection.destroy(
        new InterLinkError('unavailable', `Cannot reach port ${port} of pod "${pod.name}": ${problem}`),
      );
    }
  });
  const connection = joinStreams(step.stdout, step.stdin, judged);
  connection.once('close', () => step.close());
  return connection;
}
