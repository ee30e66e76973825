import type { Account } from './account.ts';

/** The containers of a cluster; each is also their host name. Ordinary accounts work on `login`; jobs run on c1 and c2. */
export const containerNames = ['controller', 'c1', 'c2', 'login'] as const;
export type ContainerName = (typeof containerNames)[number];

export const nodeNames = ['c1', 'c2'] as const satisfies readonly ContainerName[];
export type NodeName = (typeof nodeNames)[number];

/** Ordinary accounts that the image has, with homes that all containers share. */
export const clusterAccounts = {
  alice: { name: 'alice', uid: 1_500, gid: 1_500, home: '/home/alice' },
  bob: { name: 'bob', uid: 1_501, gid: 1_501, home: '/home/bob' },
} as const satisfies Readonly<Record<string, Account>>;

export type ClusterAccount = keyof typeof clusterAccounts | 'root';

export function isNode(name: ContainerName): name is NodeName {
  return (nodeNames as readonly string[]).includes(name);
}
