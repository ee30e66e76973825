import { splitWords } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { parseByteSize } from './byte-size.ts';

/** Options of `docker run`, as the engine's own settings. */
export interface DockerFlags {
  readonly hostConfig: Partial<Docker.HostConfig>;
  /** What can't be had, each by its name. */
  readonly problems: ReadonlyArray<string>;
}

type Setting = (value: string, host: Partial<Docker.HostConfig>) => Partial<Docker.HostConfig> | undefined;

/**
 * Those of `docker run` (https://docs.docker.com/reference/cli/docker/container/run/) that a pod has no field for, and that touch
 * nothing but its own container and what the administrator gives by allowing the annotation.
 */
const settings: Readonly<Record<string, Setting>> = {
  '--cap-add': (value, { CapAdd: caps = [] }) => ({ CapAdd: [...caps, value] }),
  '--cap-drop': (value, { CapDrop: caps = [] }) => ({ CapDrop: [...caps, value] }),
  '--cpuset-cpus': (value) => (/^[\d,-]+$/.test(value) ? { CpusetCpus: value } : undefined),
  '--cpuset-mems': (value) => (/^[\d,-]+$/.test(value) ? { CpusetMems: value } : undefined),
  '--device': (value, { Devices: devices = [] }) => {
    const device = toDevice(value);
    return device === undefined ? undefined : { Devices: [...devices, device] };
  },
  '--memory-swap': (value) => {
    const bytes = value === '-1' ? -1 : parseByteSize(value);
    return bytes === undefined ? undefined : { MemorySwap: bytes };
  },
  '--pids-limit': (value) => (/^-?\d+$/.test(value) ? { PidsLimit: Number(value) } : undefined),
  '--runtime': (value) => ({ Runtime: value }),
  '--security-opt': (value, { SecurityOpt: options = [] }) => ({ SecurityOpt: [...options, value] }),
  '--shm-size': (value) => {
    const bytes = parseByteSize(value);
    return bytes === undefined ? undefined : { ShmSize: bytes };
  },
  '--ulimit': (value, { Ulimits: limits = [] }) => {
    const match = /^([a-z]+)=(-?\d+)(?::(-?\d+))?$/.exec(value);
    if (match === null) return undefined;
    const [, Name = '', soft = '', hard = soft] = match;
    return { Ulimits: [...limits, { Name, Soft: Number(soft), Hard: Number(hard) }] };
  },
};

/** Options without a value. */
const switches: Readonly<Record<string, Partial<Docker.HostConfig>>> = {
  '--init': { Init: true },
  '--oom-kill-disable': { OomKillDisable: true },
  '--privileged': { Privileged: true },
  '--read-only': { ReadonlyRootfs: true },
};

/**
 * Reads `--name value` and `--name=value`; what is not listed here is refused by its name.
 * @param base the container as it would be without
 */
export function parseDockerFlags(text: string, base: Partial<Docker.HostConfig>): DockerFlags {
  const words = splitWords(text);
  if (words === undefined) return { hostConfig: base, problems: ['a quote is not closed'] };
  let hostConfig = base;
  const problems: string[] = [];
  const rest = words.values();
  for (const word of rest) {
    const [name = '', ...parts] = word.split('=');
    const setting = Object.hasOwn(settings, name) ? settings[name] : undefined;
    if (Object.hasOwn(switches, name) && (parts.length === 0 || parts[0] === 'true')) {
      hostConfig = { ...hostConfig, ...switches[name] };
    } else if (setting === undefined) {
      // What is meant by the words after it can't be told.
      problems.push(`${name} is not one of ${supportedFlags.join(', ')}`);
      break;
    } else {
      const value = parts.length > 0 ? parts.join('=') : (rest.next().value ?? '');
      const change = value === '' ? undefined : setting(value, hostConfig);
      if (change === undefined) problems.push(`${name} ${value} is not understood`);
      else hostConfig = { ...hostConfig, ...change };
    }
  }
  return { hostConfig, problems };
}

/** For messages and docs. */
export const supportedFlags: ReadonlyArray<string> = [...Object.keys(settings), ...Object.keys(switches)].toSorted();

/** `/dev/a`, `/dev/a:/dev/b`, `/dev/a:/dev/b:rw` */
function toDevice(value: string): Docker.DeviceMapping | undefined {
  const match = /^(\/dev\/[^:]+)(?::(\/[^:]+))?(?::([rwm]+))?$/.exec(value);
  if (match === null) return undefined;
  const [, host = '', inside = host, access = 'rwm'] = match;
  return { PathOnHost: host, PathInContainer: inside, CgroupPermissions: access };
}
