import type { Probe } from '@interlink/protocol';
import type { ActionTarget } from '../../actions/action-target.ts';
import { startDeadline } from '../../actions/deadline.ts';
import { renderPod } from '../../actions/pod-name.ts';
import { type Clock, systemClock } from '../../clock.ts';
import { toProbeRules } from '../probe-rules.ts';
import { probeByExec } from './exec-probe.ts';
import { probeByGrpc } from './grpc-probe.ts';
import { probeByHttp } from './http-probe.ts';
import { errored, type ProbeLimits, type ProbeOutcome } from './probe-outcome.ts';
import { probeByTcp } from './tcp-probe.ts';

/** A probe that itself goes wrong is tried again at once. */
const maxTries = 3;

/**
 * Runs a probe once, within its `timeoutSeconds`. It never throws; an aborted signal makes it `unknown`.
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/prober/prober.go `runProbeWithRetries`
 */
export async function runProbe(
  probe: Probe,
  target: ActionTarget,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<ProbeOutcome> {
  const { timeoutSeconds } = toProbeRules(probe);
  for (let tries = 1; ; tries += 1) {
    const deadline = startDeadline(timeoutSeconds, signal, clock);
    const outcome = await runOnce(probe, target, { timeoutSeconds, signal: deadline.signal }).catch(errored);
    deadline.end();
    if (outcome.result !== 'unknown' || tries === maxTries || signal.aborted) return outcome;
  }
}

async function runOnce(probe: Probe, target: ActionTarget, limits: ProbeLimits): Promise<ProbeOutcome> {
  if (probe.exec !== undefined) return await probeByExec(probe.exec, target, limits);
  if (probe.httpGet !== undefined) return await probeByHttp(probe.httpGet, target, limits);
  if (probe.tcpSocket !== undefined) return await probeByTcp(probe.tcpSocket, target, limits);
  if (probe.grpc !== undefined) return await probeByGrpc(probe.grpc, target, limits);
  return errored(`missing probe handler for ${renderPod(target.pod)}:${target.container.name}`);
}
