import { InterLinkError } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { type ContainerLabels, isOurs, type PodLabels, parseLabels } from '../identity/labels.ts';

/** What of an inspected container is looked at: everything else of the engine's answer stays at the edge. */
export interface EngineContainer {
  readonly id: string;
  readonly labels: ContainerLabels;
  readonly status: EngineStatus;
  readonly exitCode: number;
  readonly wasOutOfMemory: boolean;
  /** Why it could not be started; empty: it could. */
  readonly error: string;
  /** RFC 3339; undefined: never. */
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
  readonly createdAt: string;
  /** False: the engine never starts it again by itself. */
  readonly mayRestart: boolean;
  /** Asks its process to end: the image's, or the pod's own. */
  readonly stopSignal: string;
  readonly isTerminal: boolean;
  /** Its standard input, for whoever attaches. `once`: it ends with the first caller’s (`stdinOnce`); `kept`: it stays open for the next. */
  readonly input: 'none' | 'once' | 'kept';
  readonly ip: string | undefined;
  /** The file of its driver `json-file` on the engine's host; undefined: it has another driver, or the engine is none of Docker's. */
  readonly logPath: string | undefined;
}

/** https://docs.docker.com/reference/api/engine/ `ContainerState.Status` */
export type EngineStatus = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
const statuses: ReadonlyArray<EngineStatus> = [
  'created',
  'running',
  'paused',
  'restarting',
  'removing',
  'exited',
  'dead',
];

/**
 * Reads one inspected container of ours; undefined when its labels are none of ours.
 * @throws InterLinkError `data_loss` when they are, and can't be understood: a pod must not be taken for one without this container
 */
export function toEngineContainer(
  inspected: Docker.ContainerInspectInfo,
): { pod: PodLabels; container: EngineContainer } | undefined {
  const labels = parseLabels(inspected.Config.Labels);
  if (labels === undefined) {
    if (!isOurs(inspected.Config.Labels)) return undefined;
    throw new InterLinkError('data_loss', `The labels of container ${inspected.Id} can't be read`);
  }
  const { State: state } = inspected;
  return {
    pod: labels.pod,
    container: {
      id: inspected.Id,
      labels: labels.container,
      status: statuses.find((status) => status === state.Status) ?? 'dead',
      exitCode: state.ExitCode,
      wasOutOfMemory: state.OOMKilled,
      error: state.Error,
      startedAt: toTime(state.StartedAt),
      finishedAt: toTime(state.FinishedAt),
      createdAt: toTime(inspected.Created) ?? inspected.Created,
      mayRestart: (inspected.HostConfig.RestartPolicy?.Name ?? 'no') !== 'no',
      stopSignal: stopSignalOf(inspected),
      isTerminal: inspected.Config.Tty,
      input: inspected.Config.OpenStdin === true ? (inspected.Config.StdinOnce === true ? 'once' : 'kept') : 'none',
      ip: Object.values(inspected.NetworkSettings.Networks ?? {})
        .map((network) => network.IPAddress)
        .find((address) => address !== ''),
      logPath: logPathOf(inspected),
    },
  };
}

/** Whole seconds, never rounded up, as Kubernetes keeps times. The engine's zero time (year 1) is none. */
function toTime(text: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (match === null || text.startsWith('0001-')) return undefined;
  return `${match[1]}${match[2]}`;
}

/** Podman, too, calls its driver so, and writes another format, in files of one name: they end in `ctr.log`. */
function logPathOf({ HostConfig: config, LogPath: path, Id: id }: Docker.ContainerInspectInfo): string | undefined {
  return config.LogConfig?.Type === 'json-file' && path?.endsWith(`/${id}-json.log`) ? path : undefined;
}

/** The engine's answer names it where it is not TERM; dockerode's types don't. */
function stopSignalOf({ Config: config }: Docker.ContainerInspectInfo): string {
  return 'StopSignal' in config && typeof config.StopSignal === 'string' ? config.StopSignal : 'SIGTERM';
}
