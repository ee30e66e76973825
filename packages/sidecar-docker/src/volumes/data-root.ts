import { mkdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { InterLinkError } from '@interlink/sidecar-sdk';

/** Where pods' volumes are written unless DataRootFolder says otherwise: a folder of the account's own. */
export function defaultDataRoot(env: NodeJS.ProcessEnv): string {
  const { XDG_STATE_HOME: state = '' } = env;
  return join(state === '' ? join(homedir(), '.local', 'state') : state, 'interlink', 'docker');
}

/**
 * Makes the folder with mode 0700 unless it is there. It will hold Secrets, so that one which others can write is refused.
 * @throws InterLinkError `invalid_argument` when the path or the folder will not do
 */
export async function ensureDataRoot(root: string): Promise<void> {
  if (!isAbsolute(root)) throw wrong(root, 'an absolute path is wanted');
  try {
    await mkdir(root, { recursive: true, mode: 0o700 });
    const { mode, uid } = await stat(root);
    const account = process.getuid?.();
    if (account !== undefined && uid !== account && account !== 0) throw wrong(root, 'it belongs to another account');
    if ((mode & 0o022) !== 0) throw wrong(root, `its mode is 0${(mode & 0o777).toString(8)}: 0700 is wanted`);
  } catch (error) {
    if (error instanceof InterLinkError) throw error;
    throw wrong(root, InterLinkError.from(error).message);
  }
}

/** Does something to files of the folder. @throws InterLinkError that names it for what the file system refuses: there is no room, say */
export async function inDataRoot<T>(root: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    const { code, message } = InterLinkError.from(error);
    throw new InterLinkError(
      code === 'resource_exhausted' ? code : 'internal',
      `Cannot write in DataRootFolder ${root}: ${message}`,
      { cause: error },
    );
  }
}

function wrong(root: string, why: string): InterLinkError {
  return new InterLinkError('invalid_argument', `Cannot use ${JSON.stringify(root)} as DataRootFolder: ${why}`);
}
