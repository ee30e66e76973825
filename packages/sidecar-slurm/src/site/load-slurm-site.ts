import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  type ClaimFolder,
  type ClaimMap,
  claimFolders,
  defaultTokenPath,
  type ForbiddenPath,
  fixedPart,
  type InterLinkConfig,
  InterLinkError,
  parseClaims,
  parseHostPaths,
} from '@interlink/sidecar-sdk';
import { parseAllowedFlags } from '../flags/allowed-flags.ts';
import { loadAccounts } from './accounts.ts';
import { parseAllowedAnnotations } from './annotations.ts';
import { parseScratchFolder } from './expand-path.ts';
import { parseFlavors } from './flavors.ts';
import { parsePartitions } from './node-maps.ts';
import { loadCommands, loadImages, loadRuntime, loadScript, loadTsocks } from './programs.ts';
import { createReader } from './site-reader.ts';
import type { SlurmSite } from './slurm-site.ts';

export interface SiteProcess {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  readonly uid: number;
  readonly gid: number;
}

/** This process: what `$NAME` in paths means, and whom jobs run as. */
export function thisProcess(env: NodeJS.ProcessEnv = process.env): SiteProcess {
  return { env, home: homedir(), uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
}

/**
 * Reads what concerns the Slurm sidecar. Nothing is written, and no file is read but to resolve links of allowed paths.
 * @throws InterLinkError `invalid_argument` that names each key whose value will not do
 */
export function loadSlurmSite(config: InterLinkConfig, process: SiteProcess = thisProcess()): SlurmSite {
  const { env, home, uid } = process;
  const reader = createReader(config, process);
  const { problems } = reader;
  const root = reader.path('DataRootFolder', config.DataRootFolder ?? join(home, '.interlink', 'slurm'));
  const claims = attempt(problems, noClaims, () => parseClaims('Slurm.Claims', config['Slurm.Claims'], [claimFolders]));
  const forbidden = forbiddenPaths({ root, claims, home, config, env });
  const hostPaths = attempt(problems, { allowed: [], forbidden }, () =>
    parseHostPaths('Slurm.HostPaths', config['Slurm.HostPaths'], forbidden),
  );
  const site: SlurmSite = {
    commands: loadCommands(reader),
    pace: {
      pollIntervalMs: atLeastOne('Slurm.PollInterval', config['Slurm.PollInterval'], problems) * 1_000,
      submitsPerSecond:
        config['Slurm.SubmitRate'] === undefined
          ? undefined
          : atLeastOne('Slurm.SubmitRate', config['Slurm.SubmitRate'], problems),
    },
    folders: {
      root,
      scratch: parseScratchFolder(config['Slurm.ScratchFolder'], problems),
      isShared: config['Slurm.SharedFileSystem'],
      retentionMs: config['Slurm.Retention'] * 1_000,
      exportsPodData: config.ExportPodData,
      allowsSecretsInScript: config.AllowSecretsInScript,
    },
    script: loadScript(reader),
    runtime: loadRuntime(reader),
    images: loadImages(reader),
    tsocks: loadTsocks(reader),
    accounts: loadAccounts(config, process, problems),
    flavors: parseFlavors(config.Flavors, config.DefaultFlavor, uid, problems),
    allowedFlags: parseAllowedFlags(config['Slurm.AllowedFlags'], problems),
    podAnnotations: parseAllowedAnnotations(config['Policy.AllowPodAnnotations'], problems),
    resourceScriptPath: reader.optionalPath('ResourceScriptPath'),
    partitions: parsePartitions(config['Slurm.Partitions'], problems),
    hostPaths,
    claims,
  };
  if (problems.length > 0) {
    throw new InterLinkError('invalid_argument', `Invalid configuration: ${problems.join('; ')}`);
  }
  return site;
}

const noClaims: ClaimMap<ClaimFolder> = new Map();

interface ForbiddenContext {
  readonly root: string;
  readonly claims: ClaimMap<ClaimFolder>;
  readonly home: string;
  readonly config: InterLinkConfig;
  readonly env: NodeJS.ProcessEnv;
}

/** What Slurm.HostPaths must not open: who reads these is the account, or sees other pods. */
function forbiddenPaths({ root, claims, home, config, env }: ForbiddenContext): ForbiddenPath[] {
  return [
    { path: root, what: 'DataRootFolder, where pods have their Secrets' },
    { path: config['Auth.TokenFile'] ?? defaultTokenPath(env), what: "the sidecar's token" },
    { path: join(home, '.ssh'), what: "the account's keys" },
    ...[...claims.values()].map(({ path }) => ({ path: fixedPart(path), what: 'claims of Slurm.Claims' })),
  ];
}

function atLeastOne(key: string, value: number, problems: string[]): number {
  if (value < 1) problems.push(`${key} is ${value}: at least 1 is wanted`);
  return value;
}

/** What is thrown joins the other problems, so that all are told at once. */
function attempt<T>(problems: string[], otherwise: T, read: () => T): T {
  try {
    return read();
  } catch (error) {
    problems.push(InterLinkError.from(error).message);
    return otherwise;
  }
}
