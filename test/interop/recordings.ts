import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HttpTarget, TargetRequest, V1PodStatus } from '@interlink/protocol';

/** One request and its answer, as they were; a path that ends in `.json` of `testdata/v1-conversations` holds a list of them. */
export interface Exchange {
  readonly method: TargetRequest['method'];
  readonly path: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly request: unknown;
  readonly status: number;
  readonly response: unknown;
}

export type Conversation = 'virtual-kubelet-to-interlink' | 'interlink-to-sidecar' | 'interlink-to-slurm-plugin';

/** What real peers of protocol v1 said to each other. */
export function recorded(name: Conversation): Exchange[] {
  const path = join(import.meta.dirname, 'testdata/v1-conversations', `${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as Exchange[];
}

export const on = (exchanges: ReadonlyArray<Exchange>, path: string) => exchanges.filter((each) => each.path === path);

/** Says it again, with the verb, the headers and the body that it was said with. @returns the answer, to be read as it comes */
export async function begin(target: HttpTarget, { method, path, requestHeaders, request }: Exchange) {
  const { 'content-length': _length, connection: _connection, ...headers } = requestHeaders;
  const body = request === null ? {} : { body: JSON.stringify(request) };
  return await target.send({ method, path, headers, ...body });
}

/** Says it again, and hears the answer out. */
export async function say(target: HttpTarget, exchange: Exchange) {
  const { statusCode, body } = await begin(target, exchange);
  return { status: statusCode, text: await body.text() };
}

/** The statuses of an answer, which is a list of them. */
export const statusesOf = (text: string) => JSON.parse(text) as V1PodStatus[];
