import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { inputsOf } from './inputs.ts';
import { Random } from './random.ts';
import { hold, isInterLinkError, type Target } from './target.ts';

/** What a process keeps of the inputs between the first fifth and the last: nothing, but for what engines learn of code. */
export const maxGrownBytes = 16 * 2 ** 20;

export interface Run {
  readonly inputs: number;
  readonly seed: number;
  /** Of the long inputs, one of 250. */
  readonly longBytes: number;
  /** Called before each input. */
  readonly onInput?: (input: Buffer) => void;
}

export interface Result {
  readonly name: string;
  readonly inputs: number;
  /** Of the processor, on all of its cores. */
  readonly seconds: number;
  /** Of the processor, so that a busy machine makes nothing slow. */
  readonly slowestMs: number;
  readonly slowest: Buffer;
  readonly grownBytes: number;
}

/** An input by which a parser did what it must not do. */
export class FuzzFailure extends Error {
  override readonly name = 'FuzzFailure';

  constructor(target: string, input: Buffer, cause: unknown) {
    super(`${target}: ${cause instanceof Error ? cause.stack : String(cause)}\n  input: ${render(input)}`, { cause });
  }
}

/** @throws FuzzFailure with an input, made as small as it goes, that can be pasted into a test */
export async function runTarget(target: Target, { inputs, seed, longBytes, onInput }: Run): Promise<Result> {
  const random = new Random(~seed);
  const began = process.cpuUsage();
  let slowestMs = 0;
  let slowest: Buffer = Buffer.alloc(0);
  let before = 0;
  let done = 0;
  for (const input of inputsOf(target, { count: inputs, seed, longBytes })) {
    onInput?.(input);
    const { user, system } = process.threadCpuUsage();
    const error = await failureOf(target, input, random);
    if (error !== undefined) {
      const small = await shrink(target, input);
      throw new FuzzFailure(target.name, small, (await failureOf(target, small, new Random(0))) ?? error);
    }
    const spent = process.threadCpuUsage();
    const tookMs = (spent.user - user + spent.system - system) / 1_000;
    if (tookMs > slowestMs) [slowestMs, slowest] = [tookMs, input];
    done += 1;
    if (done === Math.ceil(inputs / 5)) before = await heapBytes();
  }
  const { user, system } = process.cpuUsage(began);
  const seconds = (user + system) / 1_000_000;
  return { name: target.name, inputs: done, seconds, slowestMs, slowest, grownBytes: (await heapBytes()) - before };
}

/** What went wrong with this input; undefined: nothing. */
async function failureOf(target: Target, input: Buffer, random: Random): Promise<unknown> {
  try {
    const result = target.read(input, random);
    if (result instanceof Promise) await result;
    hold(!('polluted' in {}), 'the prototype of all objects stays as it is');
    return undefined;
  } catch (error) {
    return (target.mayThrow ?? isInterLinkError)(error) ? undefined : (error ?? new Error('threw undefined'));
  }
}

/** Leaves out what is not needed for the failure, in ever smaller pieces. */
async function shrink(target: Target, input: Buffer): Promise<Buffer> {
  let small = input;
  let tries = 400;
  for (let piece = Math.ceil(input.length / 2); piece >= 1; piece = Math.floor(piece / 2)) {
    for (let at = 0; at < small.length && tries > 0; tries -= 1) {
      const shorter = Buffer.concat([small.subarray(0, at), small.subarray(at + piece)]);
      if ((await failureOf(target, shorter, new Random(0))) === undefined) at += piece;
      else small = shorter;
    }
  }
  return small;
}

/** As an expression of TypeScript. */
export function render(input: Buffer): string {
  const text = input.toString();
  if (Buffer.from(text).equals(input) && text.length <= 2_000) return `Buffer.from(${JSON.stringify(text)})`;
  return `Buffer.from('${input.toString('base64')}', 'base64')`;
}

let collect: (() => void) | undefined;

async function heapBytes(): Promise<number> {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  // What waits for its end, as buffers of files that were read, goes with the second one.
  await nextTurn();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
