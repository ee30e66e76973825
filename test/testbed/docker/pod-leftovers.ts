import { requestEngineOrThrow } from './engine-api.ts';

/** On everything that belongs to a pod: containers, volumes, networks. */
const uidLabel = 'interlink.eu/pod-uid';

interface Labelled {
  readonly Name?: string;
  readonly Names?: string[];
  readonly Labels: Readonly<Record<string, string>> | null;
}

/** What an engine has of pods, in words that lead to the test that made them. */
export async function findPodLeftovers(socket: string): Promise<string[]> {
  const list = async (path: string): Promise<unknown> => {
    const query = new URLSearchParams({ all: '1', filters: JSON.stringify({ label: [uidLabel] }) });
    return await requestEngineOrThrow(socket, { method: 'GET', path: `${path}?${query}` });
  };
  const [containers, networks, volumes] = (await Promise.all([
    list('/containers/json'),
    list('/networks'),
    list('/volumes'),
  ])) as [Labelled[], Labelled[], { Volumes: Labelled[] | null }];
  return [
    ...containers.map((one) => describe('container', one)),
    ...networks.map((one) => describe('network', one)),
    ...(volumes.Volumes ?? []).map((one) => describe('volume', one)),
  ];
}

function describe(kind: string, { Name: name, Names: names = [], Labels: labels }: Labelled): string {
  const owner = labels?.['interlink.eu/owner'];
  return `${kind} ${name ?? names.join()}${owner === undefined ? '' : ` of ${owner}`}`;
}
