import { parseSocketTable } from '../../../packages/protocol/src/client/socket-table.ts';
import { parseDockerConfig } from '../../../packages/virtual-kubelet/src/resolve/docker-config.ts';
import { written } from '../corpus.ts';
import { type Target, throwsNothing } from '../target.ts';

const login = { auth: Buffer.from('user:password').toString('base64') };

/** Secrets of the types `kubernetes.io/dockerconfigjson` and `dockercfg`. */
export const dockerConfigs: Target = {
  name: 'registry-logins',
  corpus: written(
    { auths: { 'ghcr.io': login } },
    { 'https://index.docker.io/v1/': { username: 'u', password: 'p', email: 'e' } },
  ),
  read: (input) => {
    parseDockerConfig(input.toString(), 'whole');
    parseDockerConfig(input.toString(), 'auths');
  },
  mayThrow: throwsNothing,
};

/** The kernel's table of connections. */
export const socketTables: Target = {
  name: 'socket-table',
  corpus: written(
    '  0: 0100007F:0BB8 0100007F:A1B2 01 00000000:00000000 02:000000A1 00000000  1000        0 1 2 0 20 4 30 10 -1\n',
  ),
  read: (input) => parseSocketTable(input.toString()),
  mayThrow: throwsNothing,
};
