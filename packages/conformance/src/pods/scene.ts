import { randomUUID } from 'node:crypto';
import type { Container, PodRequest } from '@interlink/protocol';

/** What the main container of a check's pod does. Times are whole seconds: not every `sleep` knows fractions. */
export interface Scene {
  /** Its output, line by line. */
  readonly lines?: ReadonlyArray<string>;
  /** Between two lines. */
  readonly lineIntervalSeconds?: number;
  /** After the last line; undefined: until it is deleted. */
  readonly runSeconds?: number;
  readonly exitCode?: number;
  /** Its output is what this file holds, or `absent`, again and again: `volume/path`, the volume being mounted at `/volume`. */
  readonly showsFile?: string;
  /** How long it takes to end after TERM, with exit code 0; Infinity: it never does. */
  readonly termSeconds?: number;
}

export interface PodOptions extends Scene {
  readonly image: string;
  readonly uid?: string;
  readonly nodeName?: string;
}

/** Longer than any check. */
const never = 1_000_000;
const prefix = 'mock.interlink.eu';

/**
 * A pod of one container that plays the scene, told twice: as a shell command for sidecars that run something, as annotations
 * for those that only simulate.
 */
export function podOf(options: PodOptions): PodRequest {
  const { image, uid = randomUUID(), nodeName } = options;
  return {
    pod: {
      metadata: {
        name: `conformance-${uid.slice(0, 8)}`,
        namespace: 'conformance',
        uid,
        annotations: annotationsOf(options),
      },
      spec: {
        containers: [shellContainer('main', image, showScriptOf(options) ?? scriptOf(options))],
        restartPolicy: 'Never',
        terminationGracePeriodSeconds: 30,
        ...(nodeName === undefined ? {} : { nodeName }),
      },
    },
    volumes: [],
  };
}

/** @param script what `sh` runs; fixed text of the suite, never a value from outside */
export function shellContainer(name: string, image: string, script: string): Container {
  return { name, image, imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', script] };
}

/** The container's whole output. */
export function outputOf({ lines = [] }: Scene): string {
  return lines.map((line) => `${line}\n`).join('');
}

function scriptOf({
  lines = [],
  lineIntervalSeconds = 0,
  runSeconds = never,
  exitCode = 0,
  termSeconds = 0,
}: Scene): string {
  const trap = termSeconds === Number.POSITIVE_INFINITY ? "trap '' TERM" : `trap '${pause(termSeconds)}exit 0' TERM`;
  const output = lines.map((line) => `echo '${line}'`).join(`; ${pause(lineIntervalSeconds)}`);
  // `wait` lets the trap in at once, which a sleep in the foreground does not.
  const run = runSeconds === 0 ? '' : `sleep ${runSeconds} & while kill -0 $! 2>/dev/null; do wait $!; done; `;
  return `${trap}; ${output}${output === '' ? '' : '; '}${run}exit ${exitCode}`;
}

/** Where nothing is mounted, `INTERLINK_VOLUME_…` tells where the volume is. */
function showScriptOf({ showsFile }: Scene): string | undefined {
  if (showsFile === undefined) return undefined;
  const [volume = '', ...path] = showsFile.split('/');
  const file = `\${INTERLINK_VOLUME_${volume.toUpperCase()}:-/${volume}}/${path.join('/')}`;
  const look = `cat "${file}" 2>/dev/null || echo absent`;
  return `trap 'exit 0' TERM; while :; do ${look}; sleep 1 & wait $!; done`;
}

function pause(seconds: number): string {
  return seconds === 0 ? '' : `sleep ${seconds}; `;
}

function annotationsOf(scene: Scene): Record<string, string> {
  const { lines = [], lineIntervalSeconds = 0, runSeconds, exitCode = 0, termSeconds = 0 } = scene;
  const outputSeconds = lineIntervalSeconds * Math.max(0, lines.length - 1);
  const termMs = termSeconds === Number.POSITIVE_INFINITY ? never * 1_000 : termSeconds * 1_000;
  return {
    [`${prefix}/log`]: lines.join('\n'),
    [`${prefix}/log-interval`]: String(lineIntervalSeconds * 1_000),
    ...(scene.showsFile === undefined ? {} : { [`${prefix}/log-file`]: scene.showsFile }),
    ...(runSeconds === undefined ? {} : { [`${prefix}/run-seconds`]: String(outputSeconds + runSeconds) }),
    ...(exitCode === 0 ? {} : { [`${prefix}/exit-code`]: String(exitCode) }),
    ...(termMs === 0 ? {} : { [`${prefix}/delete-delay`]: String(termMs) }),
  };
}
