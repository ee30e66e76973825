import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where a node's virtual kubelet keeps what a restart should find: a folder of the account's own for each cluster and node. */
export function stateDirectory(env: NodeJS.ProcessEnv, owner: { cluster: string; node: string }): string {
  const { XDG_STATE_HOME: state = '' } = env;
  const base = state === '' ? join(homedir(), '.local', 'state') : state;
  return join(base, 'interlink', 'virtual-kubelet', encodeURIComponent(owner.cluster), encodeURIComponent(owner.node));
}
