import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { InterLinkError } from '@interlink/protocol';
import { systemClock } from '@interlink/sidecar-sdk';
import { Slurm, slurmPrograms } from '@interlink/sidecar-slurm';
import { type Check, type Finding, NotApplicable, ok, problem, warning } from '../check.ts';
import { chooseBackends } from '../choose-backends.ts';
import { readSlurmSite } from '../slurm-site.ts';

/** A command that does not end is ended after a minute, with words about it: none is left behind. */
const slurmTimeoutMs = 65_000;

export const slurmCommands: Check = {
  name: 'slurm-commands',
  summary: 'Slurm’s commands are there, and slurmctld answers one cheap question (`scontrol show config`) in time.',
  sides: ['site'],
  timeoutMs: slurmTimeoutMs,
  run: async (context) => {
    if (!(await chooseBackends(context)).has('slurm')) throw new NotApplicable('no Slurm sidecar is configured here');
    const { env, logger } = context;
    const { commands } = await readSlurmSite(env);
    const programs = new Map(slurmPrograms.map((program) => [commands[program].argv[0] ?? program, program]));
    const found = await Promise.all(
      [...programs].map(async ([word, program]) => ({ word, program, isThere: await isProgram(word, env) })),
    );
    const missing = found.filter(({ isThere }) => !isThere).map(({ word, program }) => absent(word, program));
    if (missing.length > 0) return missing;
    const configuration = await unreadable(env.SLURM_CONF);
    if (configuration !== undefined) return [configuration];
    try {
      const { version, hasAccounting } = await new Slurm({ commands, logger, clock: systemClock, env }).settings();
      return [ok(`Slurm ${version} answers; all commands are there`), ...(hasAccounting ? [] : [withoutAccounting])];
    } catch (error) {
      return [silent(error)];
    }
  },
};

async function isProgram(word: string, { PATH = '' }: NodeJS.ProcessEnv): Promise<boolean> {
  const places = isAbsolute(word) ? [word] : PATH.split(delimiter).map((folder) => join(folder, word));
  const tries = places.map(async (place) => await access(place, constants.X_OK));
  return (await Promise.allSettled(tries)).some(({ status }) => status === 'fulfilled');
}

/** Without it the commands look for one in the DNS, for minutes. https://slurm.schedmd.com/configless_slurm.html */
async function unreadable(file: string | undefined): Promise<Finding | undefined> {
  if (file === undefined || file === '') return undefined;
  try {
    await access(file, constants.R_OK);
    return undefined;
  } catch (error) {
    return problem({
      what: `SLURM_CONF: ${InterLinkError.from(error).message}`,
      why: 'Slurm’s commands do not know where slurmctld is',
      fix: 'set SLURM_CONF to a file that this account can read, or leave it out where the default of this machine will do',
    });
  }
}

function absent(word: string, program: string): Finding {
  return problem({
    what: `the program ${word}, for Slurm’s ${program}, is not in PATH, or this account may not run it`,
    why: 'the Slurm sidecar can’t do what it needs that command for',
    fix: `install Slurm’s client commands, add their folder to PATH of the sidecar, or set ${program[0]?.toUpperCase()}${program.slice(1)}Path`,
  });
}

const withoutAccounting = warning({
  what: 'Slurm keeps no accounting records (AccountingStorageType)',
  why: 'what became of a job that slurmctld has forgotten can only be read from its own files',
  fix: 'nothing has to be done; with slurmdbd, restarts of slurmctld cost no exit codes',
});

function silent(error: unknown): Finding {
  return problem({
    what: InterLinkError.from(error).message,
    why: 'no job can be submitted, and nothing is known of those that run',
    fix: 'try as the same account: scontrol ping; look at slurmctld, at SLURM_CONF, and at munge on this machine',
  });
}
