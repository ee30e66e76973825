import { createHash, createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  type ImageReference,
  type Login,
  listNames,
  readText,
  removeFile,
  renderReference,
  renderRepository,
  toRepository,
  writeNew,
  writeWhole,
} from '@interlink/sidecar-sdk';

/** What is known of an image that was pulled here. Written to disk: it holds no secret, only salted hashes of logins. */
export interface ImageRecord {
  /** `sha256:…` */
  readonly id: string;
  /** It was at the engine before it was first pulled here: everybody may have it. */
  readonly isPreloaded: boolean;
  /** It came to the engine by a pull of ours. */
  readonly isOurs: boolean;
  /** RFC 3339. */
  readonly pulledAt: string;
  readonly usedAt: string;
  /** By repository: who has shown that the registry lets him have it. */
  readonly access: Readonly<Record<string, Access>>;
}

interface Access {
  /** The registry asks for no login. */
  readonly isPublic: boolean;
  /** The newest last. */
  readonly logins: ReadonlyArray<string>;
}

/** What a pull has shown. */
export interface Pulled {
  readonly id: string;
  readonly reference: ImageReference;
  readonly login: Login | undefined;
  readonly isPreloaded: boolean;
  readonly isOurs: boolean;
}

/** Of logins that change all the time, short-lived tokens say, the newest are remembered. */
const maxLogins = 100;

/**
 * Remembers which images were pulled with whose credentials, so that an image that a Secret opened is not handed to pods without it,
 * nor after a restart: Kubernetes' KEP-2535 with its policy NeverVerifyPreloadedImages.
 * In doubt (a record that can't be read, a salt that was lost) the registry is asked again.
 * @see https://kubernetes.io/docs/concepts/containers/images/#ensureimagepullcredentialverification
 */
export class PullRecords {
  readonly #folder: string;
  readonly #now: () => Date;
  #salt: Promise<Buffer> | undefined;
  /** One change at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @param root DataRootFolder; the folder in it begins with a dot, as no pod's does */
  constructor(root: string, now: () => Date = () => new Date()) {
    this.#folder = join(root, '.images');
    this.#now = now;
  }

  /** Notes on disk that the image is being pulled. @returns takes the note back: when the pull is noted, or has failed */
  async begin(reference: ImageReference, login: Login | undefined): Promise<() => Promise<void>> {
    const path = join(this.#folder, `${pullKey(reference)}.${await this.#hash(login)}.pulling`);
    await writeWhole(path, '');
    return async () => await removeFile(path);
  }

  /** Whether no pull is under way, nor broken off by a crash, but those begun by the caller. */
  async isQuiet(own: number): Promise<boolean> {
    return (await this.#pulling()).length <= own;
  }

  /** Whether a pod with these logins, none or some, may have an image that is there, without the registry being asked. */
  async isOpenTo(id: string, reference: ImageReference, logins: ReadonlyArray<Login>): Promise<boolean> {
    // In this order: a pull is first recorded and then no longer under way.
    const isBeingPulled = (await this.#pulling()).some((name) => name.startsWith(`${pullKey(reference)}.`));
    const record = await this.find(id);
    if (record === undefined) return !isBeingPulled;
    if (record.isPreloaded) return true;
    const access = record.access[repositoryOf(reference)];
    if (access === undefined) return false;
    if (access.isPublic) return true;
    const hashes = await Promise.all(logins.map(async (login) => await this.#hash(login)));
    return hashes.some((hash) => access.logins.includes(hash));
  }

  async notePulled({ id, reference, login, isPreloaded, isOurs }: Pulled): Promise<void> {
    const hash = await this.#hash(login);
    const at = this.#now().toISOString();
    await this.#change(id, (known) => {
      const first = { id, isPreloaded, isOurs, pulledAt: at, usedAt: at, access: known?.access ?? {} };
      // One that came anew was gone in between: it is no longer what somebody else once put there.
      const record = known === undefined || isOurs ? first : known;
      const repository = repositoryOf(reference);
      const before = record.access[repository] ?? { isPublic: false, logins: [] };
      const after =
        login === undefined
          ? { ...before, isPublic: true }
          : { ...before, logins: [...before.logins.filter((other) => other !== hash), hash].slice(-maxLogins) };
      return { ...record, usedAt: at, access: { ...record.access, [repository]: after } };
    });
  }

  /** A container is made of it. Images that were not pulled here are none of this. */
  async noteUsed(id: string): Promise<void> {
    const usedAt = this.#now().toISOString();
    await this.#change(id, (known) => (known === undefined ? undefined : { ...known, usedAt }));
  }

  async find(id: string): Promise<ImageRecord | undefined> {
    const text = await readText(this.#path(id));
    return text === undefined ? undefined : (parseRecord(text) ?? closed(id));
  }

  async all(): Promise<ImageRecord[]> {
    const ids = (await listNames(this.#folder)).flatMap((name) => /^([0-9a-f]{64})\.json$/.exec(name)?.[1] ?? []);
    const records = await Promise.all(ids.map(async (id) => await this.find(`sha256:${id}`)));
    return records.filter((record) => record !== undefined);
  }

  async forget(id: string): Promise<void> {
    await this.#inTurn(async () => await removeFile(this.#path(id)));
  }

  async #change(id: string, change: (known: ImageRecord | undefined) => ImageRecord | undefined): Promise<void> {
    await this.#inTurn(async () => {
      const changed = change(await this.find(id));
      if (changed !== undefined) await writeWhole(this.#path(id), `${JSON.stringify(changed)}\n`);
    });
  }

  async #inTurn(task: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(task);
    this.#turn = mine.catch(() => undefined);
    await mine;
  }

  async #pulling(): Promise<string[]> {
    return (await listNames(this.#folder)).filter((name) => name.endsWith('.pulling'));
  }

  /** Without a login: a constant. */
  async #hash(login: Login | undefined): Promise<string> {
    if (login === undefined) return 'anybody';
    const salt = await this.#readSalt();
    const { username = '', password = '', identityToken = '' } = login;
    const text = JSON.stringify([username, password, identityToken]);
    return createHmac('sha256', salt).update(text).digest('hex');
  }

  /** One that could not be made yet is tried again. */
  async #readSalt(): Promise<Buffer> {
    this.#salt ??= readOrMakeSalt(join(this.#folder, 'salt'));
    try {
      return await this.#salt;
    } catch (error) {
      this.#salt = undefined;
      throw error;
    }
  }

  #path(id: string): string {
    const [, hex] = /^sha256:([0-9a-f]{64})$/.exec(id) ?? [];
    // An id of another form would be a path of another form.
    return join(this.#folder, `${hex ?? createHash('sha256').update(id).digest('hex')}.json`);
  }
}

/** What can't be read opens nothing, and is nobody's to remove. */
function closed(id: string): ImageRecord {
  const never = new Date(0).toISOString();
  return { id, isPreloaded: false, isOurs: false, pulledAt: never, usedAt: never, access: {} };
}

function parseRecord(text: string): ImageRecord | undefined {
  try {
    return JSON.parse(text) as ImageRecord;
  } catch {
    return undefined;
  }
}

function repositoryOf({ name }: ImageReference): string {
  return renderRepository(toRepository(name));
}

function pullKey(reference: ImageReference): string {
  return createHash('sha256').update(renderReference(reference)).digest('hex');
}

async function readOrMakeSalt(path: string): Promise<Buffer> {
  const present = await readText(path);
  if (present !== undefined) return Buffer.from(present, 'hex');
  // Somebody else's that came first is as good.
  await writeNew(path, randomBytes(32).toString('hex'));
  return Buffer.from((await readText(path)) ?? '', 'hex');
}
