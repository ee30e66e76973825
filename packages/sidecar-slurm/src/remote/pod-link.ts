import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { declared, readRegularFile } from '@interlink/sidecar-sdk';
import { maxStateBytes } from '../folder/job-record.ts';
import { parseKeyValues } from '../folder/key-values.ts';
import type { PodEntry } from '../pods/pod-entry.ts';
import { scriptText } from '../script/script-text.ts';
import { bashArgv } from '../slurm/bash-argv.ts';
import type { SlurmApi } from '../slurm/slurm-api.ts';
import type { SlurmStep } from '../slurm/step.ts';
import { bundle, changes, wholePod } from './bundle.ts';
import { type Grant, grant } from './grant.ts';
import { knownSizes } from './known-sizes.ts';
import { type Hello, type Message, parseMessage } from './messages.ts';
import { StepReader } from './step-reader.ts';
import { storeMessage } from './store-message.ts';

export interface PodLinkOptions {
  readonly slurm: Pick<SlurmApi, 'spawnStep'>;
  readonly entry: PodEntry;
  readonly jobId: string;
  readonly node: string;
  /** Where news of pods are announced: see `Spool`. */
  readonly spoolFolder: string;
  /** Closes it. */
  readonly signal: AbortSignal;
}

export type LinkEnd =
  /** The job's last word is here. */
  | { readonly kind: 'over' }
  /** The pod is another job's, or another run's: see {@link grant}. */
  | { readonly kind: Exclude<Grant, 'granted'> }
  /** Nobody waits for it there. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'lost'; readonly problem: string };

/** The program comes by standard input: Slurm keeps the words of steps, and 5 KB of them for each would be many. */
const receiver = 'IFS= read -r -d "" program; eval "$program"';
/** A task prolog may print something before. */
const strayLines = 64;
/** What the node is told last has to get there. */
const partingMs = 5_000;

/** One step into a pod's job, which brings the pod's folder there and what the job writes back: both ends are described in script/lib/link.sh. */
export class PodLink {
  readonly #options: PodLinkOptions;
  readonly #containers: ReadonlySet<string>;
  readonly #step: SlurmStep;
  readonly #reader: StepReader;
  readonly #opened = Promise.withResolvers<void>();
  readonly #updates: Array<(isDone: boolean) => void> = [];
  #chatter = '';
  #isReady = false;
  #wasReady = false;
  #isUpdateDue = false;
  #sending: Promise<void> = Promise.resolve();

  constructor(options: PodLinkOptions) {
    const { slurm, entry, jobId, node, signal } = options;
    this.#options = options;
    this.#containers = new Set(declared(entry.stored.pod).map(({ spec }) => spec.name));
    this.#step = slurm.spawnStep(jobId, bashArgv(receiver, entry.uid), { node, signal });
    this.#reader = new StepReader(this.#step.stdout);
    for (const stream of [this.#step.stdin, this.#step.stdout, this.#step.stderr]) stream.on('error', () => undefined);
    this.#step.stderr.on('data', (chunk: Buffer) => {
      if (this.#chatter.length < 1_024) this.#chatter += chunk.toString();
    });
  }

  /** Resolves when the node has answered, or won't. */
  get opened(): Promise<void> {
    return this.#opened.promise;
  }

  /** Whether it got as far as bringing what the job writes. */
  get wasReady(): boolean {
    return this.#wasReady;
  }

  /** Speaks with the node until one of them ends it. */
  async run(): Promise<LinkEnd> {
    const end = await this.#untilItEnds();
    this.#isReady = false;
    this.#opened.resolve();
    for (const settle of this.#updates.splice(0)) settle(false);
    await this.#part();
    return end.kind === 'lost' ? this.#withChatter(end) : end;
  }

  async #untilItEnds(): Promise<LinkEnd> {
    try {
      this.#step.stdin.write(`${scriptText('lib/link.sh')}\0`);
      return await this.#speak();
    } catch (error) {
      return { kind: 'lost', problem: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Takes volumes and the order to stop to the node as they are here now. @returns false when the link ended before they were in place */
  async update(): Promise<boolean> {
    if (!this.#isReady) {
      this.#isUpdateDue = true;
      return false;
    }
    const done = Promise.withResolvers<boolean>();
    this.#updates.push(done.resolve);
    this.#sending = this.#sending.then(async () => await this.#send('update', changes)).catch(() => this.#step.close());
    return await done.promise;
  }

  async #speak(): Promise<LinkEnd> {
    const first = await this.#greeting();
    this.#opened.resolve();
    if (first === undefined) return { kind: 'lost', problem: 'it did not answer' };
    if (first.kind === 'absent') return { kind: 'absent' };
    const granted = await grant(this.#options.entry, first);
    if (granted !== 'granted') {
      this.#step.stdin.write(granted === 'refused' ? 'refuse\n' : `refuse ${granted}\n`);
      return { kind: granted };
    }
    await this.#begin(first);
    for (;;) {
      const message = await this.#next();
      if (message === undefined) return { kind: 'lost', problem: 'it has ended' };
      if (message.kind === 'more' || message.kind === 'whole') {
        await storeMessage(this.#options.entry.folder.path, message, this.#reader);
      }
      if (message.kind === 'updated') this.#updates.shift()?.(true);
      if (message.kind === 'news' && (await this.#announce())) this.#step.stdin.write('over\n');
      if (message.kind === 'fetched') return { kind: 'over' };
    }
  }

  async #begin({ isGiven }: Hello): Promise<void> {
    const { stdin } = this.#step;
    if (!isGiven) await this.#send('pod', wholePod);
    const sizes = await knownSizes(this.#options.entry.folder, this.#containers);
    for (const [path, size] of sizes) stdin.write(`have ${size} ${path}\n`);
    stdin.write('go\n');
    this.#isReady = true;
    this.#wasReady = true;
    if (isGiven || this.#isUpdateDue) void this.update();
  }

  async #greeting(): Promise<Hello | Extract<Message, { kind: 'absent' }> | undefined> {
    for (let count = 0; count < strayLines; count += 1) {
      const line = await this.#reader.line();
      if (line === undefined) return undefined;
      if (!/^(hello |absent$)/.test(line)) continue;
      const message = parseMessage(line, this.#containers);
      if (message.kind === 'hello' || message.kind === 'absent') return message;
    }
    return undefined;
  }

  async #next(): Promise<Message | undefined> {
    const line = await this.#reader.line();
    return line === undefined ? undefined : parseMessage(line, this.#containers);
  }

  async #send(what: 'pod' | 'update', names: RegExp): Promise<void> {
    const bytes = await bundle(this.#options.entry.folder.path, names);
    this.#step.stdin.write(`${what} ${bytes.length}\n`);
    this.#step.stdin.write(bytes);
    this.#step.stdin.write('whole\n');
  }

  /** @returns whether it was the job's last word */
  async #announce(): Promise<boolean> {
    const { entry, spoolFolder } = this.#options;
    await writeFile(join(spoolFolder, entry.uid), '');
    const text = await readRegularFile(entry.folder.file('pod.state'), maxStateBytes);
    return parseKeyValues(text ?? '').get('phase') === 'ended';
  }

  /** What srun had to say may come after the end of what the step said. */
  #withChatter({ problem }: Extract<LinkEnd, { kind: 'lost' }>): LinkEnd {
    const [said = ''] = this.#chatter.split('\n');
    return { kind: 'lost', problem: said === '' ? problem : `${problem}: ${said}` };
  }

  /** What the step still says is read to its end: with nobody listening it would die before it has heard the last of us. */
  async #part(): Promise<void> {
    const { stdin, stdout, stderr } = this.#step;
    stdin.end();
    const late = setTimeout(() => {
      this.#step.close();
      for (const output of [stdout, stderr]) output.destroy();
    }, partingMs);
    await this.#reader.drain();
    await this.#step.ended;
    clearTimeout(late);
  }
}
