import { expect, test } from 'vitest';
import { type Calling, typedCommand } from './typed-command.ts';

const calling: Calling = {
  execPath: '/opt/node/bin/node',
  execArgv: [],
  script: undefined,
  path: '/usr/bin:/usr/local/bin',
  isThere: () => true,
};

test.each<[string, Partial<Calling>, string]>([
  ['an executable on the PATH', { execPath: '/usr/local/bin/interlink' }, 'vk'],
  ['an executable elsewhere', { execPath: '/home/me/bin/interlink' }, '/home/me/bin/vk'],
  ['an executable without the other beside it', { execPath: '/home/me/interlink', isThere: () => false }, 'vk'],
  ['a folder with a space', { execPath: '/home/me/my bin/interlink' }, "'/home/me/my bin/vk'"],
  ['a link to the script', { script: '/home/me/bin/interlink' }, '/home/me/bin/vk'],
  ['a link on the PATH', { script: '/usr/bin/interlink' }, 'vk'],
  ['what npm installs', { script: '/usr/local/bin/interlink-cli' }, 'interlink-cli vk'],
  ['the same in a project', { script: '/p/node_modules/.bin/interlink-cli' }, '/p/node_modules/.bin/interlink-cli vk'],
  [
    'the sources',
    { execArgv: ['--conditions=interlink-source'], script: '/src/packages/cli/src/main.ts' },
    '/opt/node/bin/node --conditions=interlink-source /src/packages/cli/src/main.ts vk',
  ],
  [
    'what is built',
    { script: '/src/packages/cli/dist/main.js' },
    '/opt/node/bin/node /src/packages/cli/dist/main.js vk',
  ],
])('typedCommand() of vk, where interlink was called as %s', (_, how, expected) => {
  expect(typedCommand('vk', { ...calling, ...how })).toBe(expected);
});
