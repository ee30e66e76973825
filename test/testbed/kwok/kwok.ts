import { join } from 'node:path';
import type { BuildOptions } from '../cache/build-cache.ts';
import { ensureGoPrograms } from '../control-plane/go-programs.ts';
import { runCommandOrThrow } from '../process/run-command.ts';

/** KWOK, which fakes nodes and pods in one process: https://kwok.sigs.k8s.io. */
export interface Kwok {
  readonly program: string;
  /** What its nodes and pods do: those of its folder `kustomize/stage`, as `kustomize/stage/fast` puts them together. */
  readonly stages: ReadonlyArray<string>;
}

const stages = [
  'node/fast/node-initialize.yaml',
  'node/heartbeat-with-lease/node-heartbeat-with-lease.yaml',
  'pod/fast/pod-ready.yaml',
  'pod/fast/pod-complete.yaml',
  'pod/fast/pod-delete.yaml',
];

/** Finds or builds KWOK from the Go module beside this file. */
export async function ensureKwok(options: BuildOptions): Promise<Kwok> {
  const module = import.meta.dirname;
  const packages = { kwok: 'sigs.k8s.io/kwok/cmd/kwok' };
  const programs = await ensureGoPrograms({ module, packages, variables: {}, title: 'KWOK' }, options);
  const { signal } = options;
  const said = await runCommandOrThrow('go', ['mod', 'download', '-json', 'sigs.k8s.io/kwok'], { cwd: module, signal });
  const { Dir: source } = JSON.parse(said) as { Dir: string };
  return { program: join(programs, 'kwok'), stages: stages.map((stage) => join(source, 'kustomize/stage', stage)) };
}
