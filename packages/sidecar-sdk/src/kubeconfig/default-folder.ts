import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where kubeconfigs are kept: below DataRootFolder, where no pod's folder begins with a dot, else in a folder of the account's own. */
export function kubeconfigFolder(dataRootFolder: string | undefined, env: NodeJS.ProcessEnv): string {
  if (dataRootFolder !== undefined) return join(dataRootFolder, '.kubeconfigs');
  const { XDG_STATE_HOME: state = '' } = env;
  return join(state === '' ? join(homedir(), '.local', 'state') : state, 'interlink', 'kubeconfigs');
}
