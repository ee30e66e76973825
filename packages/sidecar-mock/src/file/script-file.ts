import { readFile } from 'node:fs/promises';
import { InterLinkError, type Logger, Trouble } from '@interlink/sidecar-sdk';
import { parseScriptFile } from './parse-script-file.ts';
import type { ScriptShape } from './script-shape.ts';

/** A script together with when its times and counts begin. */
export interface LoadedScript {
  readonly script: ScriptShape;
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
}

/**
 * The file that `Mock.Script` names. It is read again now and then; one that can't be used leaves the one before in force, and is warned
 * about once. Times and counts begin anew with each change.
 */
export class ScriptFile {
  readonly path: string;
  readonly #logger: Logger;
  readonly #trouble: Trouble;
  readonly #now: () => number;
  #text: string;
  #loaded: LoadedScript;

  private constructor(path: string, text: string, { logger, now }: { logger: Logger; now: () => number }) {
    this.path = path;
    this.#logger = logger;
    this.#trouble = new Trouble(logger);
    this.#now = now;
    this.#text = text;
    this.#loaded = { script: parseScriptFile(text, path), sinceMs: now() };
  }

  /** @throws InterLinkError `invalid_argument` when it can't be read, or with all that is wrong in it */
  static async load(path: string, logger: Logger, now: () => number = Date.now): Promise<ScriptFile> {
    return new ScriptFile(path, await readScript(path), { logger, now });
  }

  /** The last good one; the same object as long as nothing changed. */
  get loaded(): LoadedScript {
    return this.#loaded;
  }

  /** Takes up what has changed. Never throws. */
  async refresh(): Promise<void> {
    try {
      const text = await readScript(this.path);
      if (text !== this.#text) {
        const script = parseScriptFile(text, this.path);
        this.#loaded = { script, sinceMs: this.#now() };
        this.#text = text;
        this.#logger.info({ file: this.path }, 'script of the mock sidecar reloaded');
      }
      this.#trouble.end('the script of the mock sidecar can be used again');
    } catch (error) {
      const reason = InterLinkError.from(error).message;
      this.#trouble.begin('cannot reload the script of the mock sidecar: the one before stays in use', { reason });
    }
  }
}

async function readScript(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { message } = InterLinkError.from(error);
    throw new InterLinkError('invalid_argument', `Cannot read Mock.Script ${path}: ${message}`);
  }
}
