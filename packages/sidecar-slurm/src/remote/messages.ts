/** What the node's end of a link says; its protocol is described in script/lib/link.sh. */
export type Message =
  /** No job of the pod waits there: it has not got that far, or sees our folders. */
  | { readonly kind: 'absent' }
  | Hello
  /** A file has grown from there by so many bytes, which follow. */
  | { readonly kind: 'more'; readonly offset: number; readonly length: number; readonly path: string }
  /** A file is this now: so many bytes, which follow. */
  | { readonly kind: 'whole'; readonly length: number; readonly path: string }
  /** What the job wrote up to now has been told. */
  | { readonly kind: 'news' }
  | { readonly kind: 'updated' }
  /** The job knows that its last word is here, and ends. */
  | { readonly kind: 'fetched' };

export interface Hello {
  readonly kind: 'hello';
  /** Of the submission: see `Submission`. */
  readonly number: number;
  readonly jobId: string;
  readonly restarts: number;
  /** Whether the pod's folder was brought there already. */
  readonly isGiven: boolean;
  /** Where it is on the node: the pod's own folder is `pod` in it. */
  readonly folder: string;
}

const bareKinds = ['absent', 'news', 'updated', 'fetched'] as const;

/** What is written anew each time is small; what a job keeps to say in it is bounded by itself. */
const longestWhole = 256 * 1024;

/**
 * Reads a message. The job's account wrote it, and where pods run without walls a pod may have: only files that a job has to write are taken.
 * @throws Error for what is none
 */
export function parseMessage(line: string, containers: ReadonlySet<string>): Message {
  const [kind, ...words] = line.split(' ');
  const bare = bareKinds.find((each) => each === kind);
  if (bare !== undefined && words.length === 0) return { kind: bare };
  const [, number, jobId, restarts, state, folder] =
    /^hello (\d{1,9}) (\d{1,12}) (\d{1,9}) (waiting|given) (\/.*)$/.exec(line) ?? [];
  if (folder !== undefined && jobId !== undefined) {
    const isGiven = state === 'given';
    return { kind: 'hello', number: Number(number), jobId, restarts: Number(restarts), isGiven, folder };
  }
  const [, offset, growth, grown = ''] = /^more (\d{1,15}) (\d{1,15}) (\S+)$/.exec(line) ?? [];
  if (isFileOf(grown, containers, growing)) {
    return { kind: 'more', offset: Number(offset), length: Number(growth), path: grown };
  }
  const [, length, path = ''] = /^whole (\d{1,6}) (\S+)$/.exec(line) ?? [];
  if (isFileOf(path, containers, replaced) && Number(length) <= longestWhole) {
    return { kind: 'whole', length: Number(length), path };
  }
  throw new Error(`${JSON.stringify(line.slice(0, 200))} is no message of a job`);
}

interface Files {
  readonly pod: ReadonlyArray<string>;
  readonly container: RegExp;
}

const growing: Files = { pod: ['events', 'slurm.out'], container: /^\d{1,9}\/log$/ };
const replaced: Files = { pod: ['pod.state', 'usage'], container: /^(state|\d{1,9}\/termination)$/ };

function isFileOf(path: string, containers: ReadonlySet<string>, { pod, container }: Files): boolean {
  if (pod.includes(path)) return true;
  const [, name = '', file = ''] = /^containers\/([^/]+)\/(.+)$/.exec(path) ?? [];
  return containers.has(name) && container.test(file);
}
