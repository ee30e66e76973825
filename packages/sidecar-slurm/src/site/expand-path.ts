import { isAbsolute, normalize, resolve } from 'node:path';

export interface PathContext {
  /** The key's name, for messages. */
  readonly key: string;
  readonly env: NodeJS.ProcessEnv;
  /** What a relative path and `~` begin with. */
  readonly home: string;
  readonly problems: string[];
}

/**
 * An administrator's path, made absolute: `$NAME` and `${NAME}` are variables of this process, as existing files of the Slurm plugin
 * have them. What is wrong is added to `problems`.
 */
export function expandPath(text: string, { key, env, home, problems }: PathContext): string {
  const expanded = text.replace(/^~(?=\/|$)/, home).replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced, bare) => {
    const name = braced ?? bare;
    const value = env[name];
    if (value === undefined || value === '') problems.push(`${key} is ${JSON.stringify(text)}: $${name} is not set`);
    return value ?? '';
  });
  if (expanded === '' || /[\0\n]/.test(expanded)) {
    problems.push(`${key} is ${JSON.stringify(text)}: a path is wanted`);
  }
  const absolute = isAbsolute(expanded) ? normalize(expanded) : resolve(home, expanded);
  return absolute === '/' ? absolute : absolute.replace(/\/$/, '');
}

/** A folder on the compute nodes, which a job expands. */
export interface ScratchFolder {
  /** A variable of the job that it begins with. */
  readonly variable: string | undefined;
  /** What comes behind it, from the first slash on; without a variable the whole, absolute path. */
  readonly path: string;
}

/** Reads the key Slurm.ScratchFolder. What is wrong is added to `problems`. */
export function parseScratchFolder(text: string | undefined, problems: string[]): ScratchFolder | undefined {
  if (text === undefined || text === '') return undefined;
  const [, braced, bare, path] = /^(?:\$\{(\w+)\}|\$(\w+))?((?:\/[\w.@+,-]+)*)\/?$/.exec(text) ?? [];
  const variable = braced ?? bare;
  const isPlain = path !== undefined && !path.split('/').some((part) => part === '.' || part === '..');
  if (isPlain && (variable !== undefined || path !== '')) return { variable, path };
  problems.push(
    `Slurm.ScratchFolder is ${JSON.stringify(text)}: an absolute path without blanks, or one that begins with a variable of the job's, is wanted`,
  );
  return undefined;
}
