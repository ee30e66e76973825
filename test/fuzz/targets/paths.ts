import { ownerKey, parseOwnerKey, parseTarget } from '@interlink/protocol';
import { readAccess } from '../../../packages/service-kit/src/policy/access.ts';
import { written } from '../corpus.ts';
import { hold, type Target } from '../target.ts';

const owner = '/v2/clusters/7f3c9d2e/nodes/my-node';

/** What a request wants, by its path: never another owner's than any URL parser would read there. */
export const paths: Target = {
  name: 'paths',
  corpus: written(
    `${owner}/pods?watch=true&cursor=1`,
    `${owner}/pods/11111111-1111-4111-8111-111111111111/containers/a/log?tailLines=1`,
    `${owner}/pods/11111111-1111-4111-8111-111111111111/containers/a/exec?command=ls`,
    `${owner}/capabilities`,
  ),
  read: (input, random) => {
    const url = input.toString();
    const { owner: found } = readAccess(random.pick(['GET', 'PUT', 'DELETE', 'HEAD', 'constructor']), url);
    const { pathname } = new URL(url, 'http://localhost');
    hold(
      decodeURIComponent(pathname).startsWith(`/v2/clusters/${found.cluster}/nodes/${found.node}/`),
      'the owner is the path’s',
    );
    hold(ownerKey(parseOwnerKey(ownerKey(found))) === ownerKey(found), 'an owner’s key is read back');
  },
};

export const addresses: Target = {
  name: 'addresses',
  corpus: written(
    'http://127.0.0.1:3000',
    'https://interlink.example:443/x',
    'unix:///run/interlink/a.sock',
    'http://[::1]:1',
  ),
  read: (input) => parseTarget(input.toString()),
};
