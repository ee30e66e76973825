import {
  type Container,
  InterLinkError,
  type PodSpec,
  type Probe,
  probeKinds,
  probeOf,
  resolvePort,
} from '@interlink/sidecar-sdk';

/** MAX_ARG_STRLEN of Linux, without the NUL at its end: https://man7.org/linux/man-pages/man2/execve.2.html */
const longestWord = 131_071;

/**
 * Why a pod's texts can't be handed on as they are: to programs, which take no NUL and no word above 128 KiB, and in the header of a
 * request, which is one line a field. The texts themselves are not in the reasons: they may be secret.
 */
export function refuseWords(spec: PodSpec): string[] {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  return [...placesOfNul(spec, ''), ...containers.flatMap(refuseContainer)];
}

function placesOfNul(value: unknown, place: string): string[] {
  if (typeof value === 'string')
    return value.includes('\0') ? [`${place} holds a NUL, which nothing can be given`] : [];
  if (Array.isArray(value)) return value.flatMap((each, index) => placesOfNul(each, `${place}[${index}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => placesOfNul(each, place === '' ? key : `${place}.${key}`));
}

function refuseContainer(container: Container): string[] {
  const { name, command = [], args = [], env = [], lifecycle } = container;
  const variables = env.map(({ name: variable, value = '' }) => `${variable}=${value}`);
  const probes = probeKinds.map((kind) => {
    const { exec, httpGet, tcpSocket } = probeOf(container, kind) ?? {};
    return { what: `${kind}Probe`, exec, httpGet, tcpSocket };
  });
  // A tcpSocket hook is none: it fails whenever it is run.
  const hooks = (['postStart', 'preStop'] as const).map((what) => {
    const { exec, httpGet } = lifecycle?.[what] ?? {};
    return { what, exec, httpGet, tcpSocket: undefined };
  });
  return [
    ...refuseLong('command', command),
    ...refuseLong('args', args),
    ...refuseLong('env', variables),
    ...[...probes, ...hooks].flatMap((action) => refuseAction(action, container)),
  ].map((reason) => `container ${name}: ${reason}`);
}

interface Action {
  readonly what: string;
  readonly exec: Probe['exec'] | undefined;
  readonly httpGet: Probe['httpGet'] | undefined;
  readonly tcpSocket: Probe['tcpSocket'] | undefined;
}

function refuseAction({ what, exec, httpGet, tcpSocket }: Action, container: Container): string[] {
  return [
    ...refuseLong(`${what}.exec.command`, exec?.command ?? []),
    ...(httpGet === undefined ? [] : refuseHttp(what, httpGet)),
    ...[httpGet, tcpSocket].flatMap((target) => (target === undefined ? [] : refuseTarget(what, target, container))),
  ];
}

function refuseHttp(what: string, { host = '', httpHeaders = [] }: NonNullable<Probe['httpGet']>): string[] {
  const fields = httpHeaders.flatMap(({ name, value = '' }) => [name, value]);
  const isSplit = [host, ...fields].some((text) => /[\r\n]/.test(text));
  return isSplit ? [`${what}.httpGet: a host or a header of more than one line can't be sent`] : [];
}

function refuseTarget(what: string, { port, host = '' }: NonNullable<Probe['tcpSocket']>, container: Container): string[] {
  try {
    resolvePort(port, container);
  } catch (error) {
    return [`${what}: ${InterLinkError.from(error).message}`];
  }
  return /[\s/]/.test(host) ? [`${what}: ${JSON.stringify(host)} is not a host`] : [];
}

function refuseLong(what: string, words: ReadonlyArray<string>): string[] {
  const bytes = Math.max(0, ...words.map((word) => Buffer.byteLength(word)));
  if (bytes <= longestWord) return [];
  return [`${what} has a word of ${bytes} bytes, and Linux gives programs ${longestWord} at most`];
}
