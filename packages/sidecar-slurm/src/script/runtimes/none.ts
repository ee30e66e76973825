import type { RuntimeDriver } from '../runtime-driver.ts';

/** A container's command as a process of the account: see `none.sh`. */
export const none: RuntimeDriver = {
  name: 'none',
  files: ['runtimes/none.sh'],
  programs: [{ variable: 'none_launcher', path: 'runtimes/none-launcher.pl' }],
  renderVariables: () => [],
};
