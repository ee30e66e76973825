import { isAbsolute } from 'node:path';
import { InterLinkError, splitWords } from '@interlink/sidecar-sdk';
import { parseCommandLine } from '../slurm/commands/parse-command-line.ts';
import { type CommandLine, type SlurmProgram, slurmPrograms } from '../slurm/commands/slurm-commands.ts';
import type { SiteReader, TextKey } from './site-reader.ts';
import type { SiteImages, SiteRuntime, SiteScript, SiteTsocks, SlurmSite } from './slurm-site.ts';

const commandKeys = {
  sbatch: 'SbatchPath',
  scancel: 'ScancelPath',
  squeue: 'SqueuePath',
  sinfo: 'SinfoPath',
  sacct: 'SacctPath',
  scontrol: 'ScontrolPath',
  srun: 'SrunPath',
} as const satisfies Record<SlurmProgram, TextKey>;

export function loadCommands(reader: SiteReader): SlurmSite['commands'] {
  const entries = slurmPrograms.map((command) => {
    const key = commandKeys[command];
    return [command, commandOf(key, reader.optionalText(key) ?? command, reader)] as const;
  });
  return Object.fromEntries(entries) as Record<SlurmProgram, CommandLine>;
}

function commandOf(key: TextKey, text: string, reader: SiteReader): CommandLine {
  try {
    return parseCommandLine(text, key);
  } catch (error) {
    reader.problems.push(InterLinkError.from(error).message);
    return { argv: [text], remoteFrom: undefined };
  }
}

export function loadRuntime(reader: SiteReader): SiteRuntime {
  const { config } = reader;
  const name = config.ContainerRuntime;
  switch (name) {
    case 'none':
      return { name, path: '', prefix: [], options: [] };
    case 'enroot':
      return {
        name,
        path: reader.optionalText('EnrootPath') ?? 'enroot',
        prefix: [],
        options: reader.words('EnrootDefaultOptions') ?? ['--rw'],
      };
    default: {
      const prefix = reader.optionalText('SingularityPrefix');
      return {
        name,
        path: reader.optionalText('SingularityPath') ?? name,
        prefix: prefix === undefined ? [] : wordsOf('SingularityPrefix', prefix, reader),
        options: reader.words('SingularityDefaultOptions') ?? [],
      };
    }
  }
}

export function loadImages(reader: SiteReader): SiteImages {
  const allowedPaths = reader.words('Policy.AllowImagePaths') ?? [];
  return {
    prefix: reader.optionalText('ImagePrefix') ?? 'docker://',
    allowedPaths: allowedPaths.map((path, index) => {
      const key = `Policy.AllowImagePaths[${index}]`;
      if (!isAbsolute(path) || path === '/') {
        reader.problems.push(`${key} is ${JSON.stringify(path)}: an absolute path of a folder with images is wanted`);
      }
      return reader.path(key, path);
    }),
    insecureRegistries: (reader.words('Slurm.InsecureRegistries') ?? []).map((registry, index) => {
      if (!/^[\w.-]+(:\d+)?$/.test(registry)) {
        const key = `Slurm.InsecureRegistries[${index}]`;
        reader.problems.push(`${key} is ${JSON.stringify(registry)}: a host, or host:port, is wanted`);
      }
      return registry;
    }),
    pulledBy: loadPulledBy(reader),
  };
}

function loadPulledBy({ config, problems }: SiteReader): SiteImages['pulledBy'] {
  const pulledBy = config['Slurm.PullImages'];
  if (pulledBy !== 'login') return pulledBy;
  const refuse = (why: string) => problems.push(`Slurm.PullImages is "login", and ${why}`);
  if (config['Slurm.SharedFileSystem'] !== true) {
    refuse('Slurm.SharedFileSystem is not true: jobs have to see the images in DataRootFolder');
  }
  if (config.ContainerRuntime === 'none') refuse('ContainerRuntime is "none", which has no images');
  for (const key of ['JobScriptTemplate', 'JobScriptBuilderURL'] as const) {
    if ((config[key] ?? '') !== '') refuse(`${key} is set: that script pulls images by itself`);
  }
  return pulledBy;
}

export function loadScript(reader: SiteReader): SiteScript {
  const { config, problems } = reader;
  const bashPath = reader.optionalText('BashPath') ?? '/bin/bash';
  // It is the first line of every script.
  if (!/^\/[!-~]+$/.test(bashPath)) {
    problems.push(`BashPath is ${JSON.stringify(bashPath)}: an absolute path without blanks is wanted`);
  }
  const url = reader.optionalText('JobScriptBuilderURL');
  const templatePath = reader.optionalPath('JobScriptTemplate');
  if (url !== undefined && !/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) {
    problems.push(`JobScriptBuilderURL is ${JSON.stringify(url)}: http:// or https:// is wanted`);
  }
  // InterLink takes several, and patterns, for those that its callers may name.
  if (url !== undefined && /[*,\s]/.test(url)) {
    problems.push(
      `JobScriptBuilderURL is ${JSON.stringify(url)}: one URL without * is wanted, which is asked for each pod`,
    );
  }
  // No request bears them, and its messages would show them.
  if (url !== undefined && URL.canParse(url) && new URL(url).username + new URL(url).password !== '') {
    problems.push('JobScriptBuilderURL has a user name or a password in it: a URL without them is wanted');
  }
  if (url !== undefined && templatePath !== undefined) {
    problems.push('JobScriptBuilderURL and JobScriptTemplate are both set: one of them is wanted');
  }
  return {
    bashPath,
    commandPrefix: reader.optionalText('CommandPrefix') ?? '',
    runsProbes: config.EnableProbes,
    templatePath,
    builder: url === undefined ? undefined : { url, config: config.JobScriptBuildConfig ?? {} },
  };
}

export function loadTsocks(reader: SiteReader): SiteTsocks | undefined {
  if (!reader.config.Tsocks) return undefined;
  const loginNode = reader.optionalText('TsocksLoginNode') ?? '';
  // A word of ssh's command line: one that begins with a dash would be an option.
  if (!/^[A-Za-z0-9][\w.@-]*$/.test(loginNode)) {
    const value = loginNode === '' ? 'not set' : JSON.stringify(loginNode);
    reader.problems.push(`TsocksLoginNode is ${value}: the name of a host is wanted, since Tsocks is true`);
  }
  const path = reader.optionalPath('TsocksPath');
  if (path === undefined) {
    reader.problems.push('TsocksPath is not set: the path of libtsocks.so is wanted, since Tsocks is true');
  }
  return { loginNode, path: path ?? '', configPath: reader.optionalPath('TsocksConfig') };
}

function wordsOf(key: TextKey, text: string, { problems }: SiteReader): string[] {
  const words = splitWords(text);
  if (words !== undefined && words.length > 0) return words;
  problems.push(`${key} is ${JSON.stringify(text)}: a program is wanted, with its quotes closed`);
  return [];
}
