import type { RuntimeDriver } from '../runtime-driver.ts';

/** Where the site's script lies in the pod's folder, 0600: it may hold what is secret, and Slurm keeps `job.sh`. */
export const foreignScript = 'script.sh';

/** A script of the site's that runs all containers by itself: see `foreign.sh`. */
export const foreign: RuntimeDriver = {
  name: 'foreign',
  files: ['runtimes/foreign.sh'],
  programs: [],
  renderVariables: () => [],
};
