import { chmod, chown, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type CommandResult, runCommand } from '../../testbed/index.ts';

/** An ordinary account, which owns nothing of the project. */
export const nobody = { uid: 65_534, gid: 65_534 } as const;

const root = join(import.meta.dirname, '../../..');
const main = join(root, 'packages/cli/src/main.ts');

export interface ItwinctlOptions {
  /** Programs of `ITWIN_BIN` by name: a text that is run. */
  readonly programs: Readonly<Record<string, string>>;
  /** Settings, and whatever else its caller has in the environment. */
  readonly env: Readonly<Record<string, string>> | ((home: string) => Readonly<Record<string, string>>);
  /** Default: whoever runs the tests. */
  readonly account?: typeof nobody | undefined;
}

/** A program of ours, run from source. */
export function ours(name: string): string {
  return `#!/bin/sh\nexec '${process.execPath}' --conditions=interlink-source '${main}' ${name}\n`;
}

/** A program that says that it listens, and waits for its end. */
export const stub = `#!/bin/sh\necho '{"level":"info","msg":"listening","address":"stub://here"}'\nexec sleep 600\n`;

/** docs/itwinctl.sh, as one installs it: a copy, with the folders of one account. Ends what it has started. */
export class Itwinctl implements AsyncDisposable {
  readonly home: string;
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  readonly #account: typeof nobody | undefined;

  private constructor(home: string, options: ItwinctlOptions) {
    this.home = home;
    this.script = join(home, 'itwinctl.sh');
    this.#account = options.account;
    const { PATH = '' } = process.env;
    this.env = { PATH, HOME: home, ITWIN_BIN: join(home, 'bin'), ...toEnv(options.env, home) };
  }

  static async create(options: ItwinctlOptions): Promise<Itwinctl> {
    const itwinctl = new Itwinctl(await mkdtemp(join(tmpdir(), 'itwinctl-')), options);
    await itwinctl.write('itwinctl.sh', join(root, 'docs/itwinctl.sh'));
    await mkdir(join(itwinctl.home, 'bin'));
    for (const [name, text] of Object.entries(options.programs)) await itwinctl.write(`bin/${name}`, { text });
    if (options.account !== undefined) await chown(itwinctl.home, options.account.uid, options.account.gid);
    return itwinctl;
  }

  /** A program or a script, from a file or a text. @returns its path */
  async write(name: string, from: string | { readonly text: string }): Promise<string> {
    await mkdir(dirname(join(this.home, name)), { recursive: true });
    const path = join(this.home, name);
    if (typeof from === 'string') await copyFile(from, path);
    else await writeFile(path, from.text);
    await chmod(path, 0o755);
    return path;
  }

  /** Where it keeps what runs. */
  get state(): string {
    return join(this.home, '.local/state/interlink/itwinctl', hostname());
  }

  /** `bash itwinctl.sh …` */
  async run(...args: ReadonlyArray<string>): Promise<CommandResult> {
    return await this.shell(['bash', this.script, ...args]);
  }

  /** As {@link run}. @returns what it printed @throws Error with what it complained of */
  async do(...args: ReadonlyArray<string>): Promise<string> {
    const { stdout, stderr, exitCode } = await this.run(...args);
    if (exitCode === 0) return stdout;
    throw new Error(`itwinctl.sh ${args.join(' ')} exited with code ${exitCode}: ${stderr}${stdout}`);
  }

  /** Any command as its account, with its environment. */
  async shell(command: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
    const { uid, gid } = this.#account ?? {};
    const as = uid === undefined ? [] : ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
    const [file = '', ...args] = [...as, ...command];
    return await runCommand(file, args, { env: { ...this.env, ...env }, cwd: this.home, timeoutMs: 180_000 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run('stop');
    await rm(this.home, { recursive: true });
  }
}

function toEnv(env: ItwinctlOptions['env'], home: string): Readonly<Record<string, string>> {
  return typeof env === 'function' ? env(home) : env;
}
