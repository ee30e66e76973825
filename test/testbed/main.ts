import { once } from 'node:events';
import { renderMissing } from './missing-parts.ts';
import { startTestbed } from './testbed.ts';

// `make testbed`: everything for hand work, until Ctrl-C.

const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), once(process, 'SIGHUP')]);
const starting = startTestbed();
const testbed = await Promise.race([starting, interrupted.then(() => undefined)]);
if (testbed === undefined) {
  // The supervisor cleans up as soon as this process is gone.
  process.stderr.write('Interrupted; what was started is being removed.\n');
  process.exit(130);
}
const variables = Object.entries(testbed.env).map(([name, value]) => `${name}='${value}'`);
process.stdout.write(`The testbed is ready in ${testbed.directory}. In another shell:\n\n`);
process.stdout.write(`export ${variables.join(' ')}\n\nCtrl-C ends it.\n`);
if (testbed.missing.length > 0) process.stdout.write(`\n${renderMissing(testbed.missing)}\n`);
await interrupted;
await testbed.stop();
process.stdout.write('The testbed is gone.\n');
