import { InvalidArgumentError, Option, Command as Parser } from 'commander';
import type { Command } from '../command.ts';
import { askHealth } from '../health/ask-health.ts';
import { parseArguments } from '../parse-arguments.ts';
import { versionLine } from '../version.ts';

const summary = 'The Virtual Kubelet: a virtual node in a Kubernetes cluster.';

export interface Flags {
  nodename?: string;
  providerConfig?: string;
  kubeconfig?: string;
  startupTimeout?: number;
  streamIdleTimeout?: number;
  streamCreationTimeout?: number;
  logLevel?: string;
  port?: number;
  podSyncWorkers?: number;
  disableTaint?: boolean;
  os?: string;
  fullResyncPeriod?: number;
  clusterDomain?: string;
  'klog.v'?: number;
  metricsAddr?: string;
}

/** The seed's flags; those of klog say how much is logged, as `--log-level` does. */
function parser(): Parser {
  return new Parser('vk')
    .description(summary)
    .version(versionLine('vk'), '--version', 'shows version and commit')
    .option('--nodename <name>', "the node's name ($NODENAME; default virtual-kubelet)")
    .addOption(
      new Option('--provider <name>', 'which provider runs the pods')
        .choices(['knoc', 'interlink'])
        .default('interlink'),
    )
    .option(
      '--provider-config <file>',
      'what the node has to offer: {node: {cpu, memory, pods}} ($VK_CONFIG_PATH); default: what the sidecar announces',
    )
    .option('--kubeconfig <file>', 'how to reach the cluster ($KUBECONFIG, ~/.kube/config); omit it inside a cluster')
    .option(
      '--startup-timeout <duration>',
      'how long the node may take to start, for example 10s; default: for ever',
      parseDurationMs,
    )
    .option(
      '--stream-idle-timeout <duration>',
      'how long exec, attach and port-forward may carry nothing (default 4h)',
      parseDurationMs,
    )
    .option(
      '--stream-creation-timeout <duration>',
      'how long a client may take to open the streams it asked for (default 30s)',
      parseDurationMs,
    )
    .addOption(
      new Option('--log-level <level>', 'how much is logged').choices(['trace', 'debug', 'info', 'warn', 'error']),
    )
    .option('--port <number>', 'the kubelet port ($KUBELET_PORT; default 10250; 0 for any free one)', parseWhole)
    .option('--pod-sync-workers <number>', 'pods in work at one time', parseWhole)
    .option(
      '--full-resync-period <duration>',
      'accepted without effect: changes are pushed, nothing has to be looked at again',
      parseDurationMs,
    )
    .option('--cluster-domain <name>', "accepted without effect: pods' names are resolved as their backend does")
    .option('--disable-taint', 'do not taint the node')
    .option('--os <name>', 'the operating system that the node shows (default Linux)')
    .option(
      '--metrics-addr <address>',
      'where to serve /metrics and /healthz of this process over plain HTTP to whoever can reach it, for example :10255 (loopback); default: nowhere',
    )
    .addOption(new Option('--klog.v <level>').argParser(parseWhole).hideHelp())
    .addOption(new Option('--klog.logtostderr [value]').hideHelp())
    .addHelpText(
      'after',
      '\nvk health [--port <number>]: asks the one that serves that kubelet port whether it answers',
    );
}

export const vkCommand: Command = {
  name: 'vk',
  summary,
  run: async (args, signal) => {
    const isHealth = args[0] === 'health';
    const flags = parseFlags(isHealth ? args.slice(1) : args);
    if (flags === undefined) return;
    if (isHealth) return await showLiveness(flags.port ?? (process.env.KUBELET_PORT || 10250));
    const { startupTimeout, streamIdleTimeout, streamCreationTimeout, ...rest } = flags;
    const { runVirtualKubelet } = await import('@interlink/virtual-kubelet');
    const timeouts = {
      startupTimeoutMs: startupTimeout,
      streamIdleTimeoutMs: streamIdleTimeout,
      streamCreationTimeoutMs: streamCreationTimeout,
    };
    await runVirtualKubelet({ ...rest, ...timeouts, logLevel: logLevelOf(flags) }, signal);
  },
};

/** Nobody is let in at the kubelet port without being known: that it answers is all that can be seen of it. */
async function showLiveness(port: string | number): Promise<void> {
  const { status } = await askHealth(`https://127.0.0.1:${port}`, '/healthz');
  process.stdout.write(`the kubelet port ${port} answers, with status ${status}\n`);
}

/** Undefined when help was all that was asked for. @throws InterLinkError `invalid_argument` */
export function parseFlags(args: ReadonlyArray<string>): Flags | undefined {
  return parseArguments<Flags>(parser(), args);
}

/** `--log-level`, else what klog's verbosity comes to: 4 and more are for debugging. */
export function logLevelOf({ logLevel, 'klog.v': verbosity = 0 }: Flags): string | undefined {
  if (logLevel !== undefined || verbosity < 4) return logLevel;
  return verbosity < 8 ? 'debug' : 'trace';
}

function parseWhole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number is wanted');
  return Number(text);
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Go's durations: `10s`, `1m30s`, `500ms`. */
function parseDurationMs(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text) {
    throw new InvalidArgumentError('a duration is wanted, such as 10s or 1m30s');
  }
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ''] ?? 0), 0);
}
