import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SitePart } from '../../testbed/site/site-part.ts';
import { Member } from './member.ts';
import type { Role } from './roles.ts';
import type { Surroundings } from './surroundings.ts';

export type Members = Readonly<Record<Role, ReadonlyArray<Member>>>;

const shiftClock = fileURLToPath(new URL('../../testbed/shift-clock.ts', import.meta.url));
/** All processes of a site, none of which is started. */
export async function makeMembers(around: Surroundings): Promise<Members> {
  const make = async (role: Role, configurations: ReadonlyArray<object>) =>
    await Promise.all(configurations.map((keys, number) => makeMember(around, role, number, keys)));
  const { kubelet, interlink, sidecar, mock } = configurationsOf(around);
  return {
    kubelet: await make('kubelet', kubelet),
    interlink: await make('interlink', interlink),
    sidecar: await make('sidecar', sidecar),
    mock: await make('mock', mock),
  };
}

function configurationsOf(around: Surroundings): Record<Role, object[]> {
  const { options, nodes, ways, tokens, interlinkPorts, urls, dataFolder } = around;
  const { shape, runtime, name } = options;
  const taken = (by: keyof typeof tokens) => ({ Tokens: [{ Name: by, File: tokens[by].taken }] });
  const kubelet = {
    InterlinkPort: ways['kubelet to interlink'].port,
    VKTokenFile: tokens.kubelet.shown,
    VirtualNodes: Object.values(nodes).map((Name) => ({ Name, KubeletPort: 0 })),
    ...(shape.kubelets === 2 ? { LeaderElection: { Enabled: true, Name: name, Namespace: 'default' } } : {}),
  };
  const Sidecars = [
    { Name: 'real', URL: urls.way, Nodes: [nodes.real], TokenFile: tokens.interlink.shown },
    { Name: 'mock', URL: urls.mock, Nodes: [nodes.mock], TokenFile: tokens.interlink.shown },
  ];
  return {
    kubelet: Array.from({ length: shape.kubelets }, () => kubelet),
    interlink: interlinkPorts.map((InterlinkPort) => ({ InterlinkPort, Sidecars, Auth: taken('kubelet') })),
    sidecar: [{ ...runtime.keys, SidecarURL: urls.real, DataRootFolder: dataFolder, Auth: taken('interlink') }],
    mock: [{ SidecarPort: Number(new URL(urls.mock).port), Auth: taken('interlink') }],
  };
}

async function makeMember(around: Surroundings, role: Role, number: number, keys: object): Promise<Member> {
  const { shape, runtime, directory, binaries } = around.options;
  const commands = { kubelet: 'vk', interlink: 'interlink', sidecar: runtime.command, mock: 'mock-sidecar' };
  const folder = join(directory, `${role}-${number}`);
  await mkdir(folder, { recursive: true });
  const configuration = join(folder, 'InterLinkConfig.yaml');
  // JSON is YAML.
  await writeFile(configuration, JSON.stringify(keys));
  const clock = clockFile(directory, role);
  await writeFile(clock, '0');
  const isShifted = shape.shifted.includes(role);
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: directory,
    XDG_STATE_HOME: join(folder, 'state'),
    POD_IP: '127.0.0.1',
    INTERLINKCONFIGPATH: configuration,
    ...(role === 'sidecar' ? runtime.env : {}),
    ...(isShifted ? { NODE_OPTIONS: `--import=${shiftClock}`, CLOCK_SHIFT_FILE: clock } : {}),
  };
  const args = role === 'kubelet' ? ['--port', '0', '--kubeconfig', around.kubeconfig] : [];
  // Executables load nothing before their own code.
  const program = isShifted ? {} : { binaries };
  return new Member(new SitePart({ name: commands[role], args, env, directory: folder, ...program }));
}

/** By how many seconds the clock of these processes is wrong; only those that the site's shape says read it. */
export function clockFile(directory: string, role: Role): string {
  return join(directory, `clock-of-${role}`);
}
