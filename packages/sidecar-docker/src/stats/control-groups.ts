import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Usage } from './usage.ts';

/** Slices and scopes of an engine are not deeper than this. */
const maxDepth = 8;

/** A container's control group, as long as it is this one: a container that is started again gets another. */
export interface ControlGroup {
  /** Below the root of each hierarchy. */
  readonly path: string;
  /** What tells it from a later one of the same name. */
  readonly inode: number;
}

/**
 * The kernel's accounts of containers, read past the engine: a few files each, where the engine would take some hundredths of a
 * second of its own. A group is found by the container's id in its name, which no other machine's has, so that what is found is
 * the container itself wherever the engine is. Both versions of control groups.
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html https://docs.kernel.org/admin-guide/cgroup-v1/memory.html
 */
export class ControlGroups {
  readonly #root: string;
  readonly #isUnified: boolean;

  constructor(root = '/sys/fs/cgroup') {
    this.#root = root;
    this.#isUnified = existsSync(join(root, 'cgroup.controllers'));
  }

  /** The groups of these containers, as far as there are any here. Looks through all groups once. */
  async find(ids: ReadonlySet<string>): Promise<Map<string, ControlGroup>> {
    const found = new Map<string, ControlGroup>();
    await this.#search('', maxDepth, ids, found);
    return found;
  }

  /** Undefined when the group is gone, or is another by now. */
  async read({ path, inode }: ControlGroup): Promise<Usage | undefined> {
    try {
      if ((await stat(this.#file('memory', path))).ino !== inode) return undefined;
      return await (this.#isUnified ? this.#readUnified(path) : this.#readLegacy(path));
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  /** What the processes of the group see of the network, `/proc/PID/net/dev`; undefined when there are none. */
  async readNetwork({ path }: ControlGroup): Promise<string | undefined> {
    try {
      const [pid = ''] = (await readFile(this.#file('memory', path, 'cgroup.procs'), 'utf8')).split('\n');
      return pid === '' ? undefined : await readFile(`/proc/${pid}/net/dev`, 'utf8');
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  async #readUnified(path: string): Promise<Usage> {
    const read = async (name: string) => await readFile(this.#file('memory', path, name), 'utf8');
    const [cpu, used, memory, processes] = await Promise.all(
      ['cpu.stat', 'memory.current', 'memory.stat', 'pids.current'].map(read),
    );
    return {
      time: new Date(),
      cpuNanoseconds: BigInt(fieldOf(cpu, 'usage_usec')) * 1_000n,
      ...memoryOf(Number(used), Number(fieldOf(memory, 'inactive_file'))),
      rssBytes: Number(fieldOf(memory, 'anon')),
      processCount: Number(processes),
    };
  }

  async #readLegacy(path: string): Promise<Usage> {
    const read = async (hierarchy: string, name: string) => await readFile(this.#file(hierarchy, path, name), 'utf8');
    const [cpu, used, memory, processes] = await Promise.all([
      read('cpuacct', 'cpuacct.usage'),
      read('memory', 'memory.usage_in_bytes'),
      read('memory', 'memory.stat'),
      read('pids', 'pids.current'),
    ]);
    return {
      time: new Date(),
      cpuNanoseconds: BigInt(cpu.trim()),
      ...memoryOf(Number(used), Number(fieldOf(memory, 'total_inactive_file'))),
      rssBytes: Number(fieldOf(memory, 'total_rss')),
      processCount: Number(processes),
    };
  }

  async #search(
    path: string,
    depth: number,
    ids: ReadonlySet<string>,
    found: Map<string, ControlGroup>,
  ): Promise<void> {
    if (depth === 0 || found.size === ids.size) return;
    const entries = await readdir(this.#file('memory', path), { withFileTypes: true }).catch(nothingIfGone);
    for (const entry of entries) {
      if (!entry.isDirectory()) continue;
      const below = join(path, entry.name);
      const id = /[0-9a-f]{64}/.exec(entry.name)?.[0];
      if (id === undefined || !ids.has(id)) await this.#search(below, depth - 1, ids, found);
      else {
        const inode = await stat(this.#file('memory', below)).then(({ ino }) => ino, nothingIfGone);
        if (typeof inode === 'number') found.set(id, { path: below, inode });
      }
    }
  }

  #file(hierarchy: string, path: string, name = ''): string {
    return this.#isUnified ? join(this.#root, path, name) : join(this.#root, hierarchy, path, name);
  }
}

/** The kubelet's working set. */
function memoryOf(usageBytes: number, inactiveFileBytes: number): Pick<Usage, 'usageBytes' | 'workingSetBytes'> {
  return { usageBytes, workingSetBytes: Math.max(0, usageBytes - inactiveFileBytes) };
}

function fieldOf(text = '', name: string): string {
  return new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? '0';
}

/** ENODEV: the group went while it was read. */
const goneCodes: ReadonlySet<unknown> = new Set(['ENOENT', 'ENODEV', 'ESRCH', 'EACCES', 'ENOTDIR']);

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && goneCodes.has(error.code);
}

function nothingIfGone(error: unknown): [] {
  if (isGone(error)) return [];
  throw error;
}
