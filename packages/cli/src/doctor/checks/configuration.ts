import { InterLinkError } from '@interlink/protocol';
import { interLinkListenUrl, interLinkUrl, sidecarUrl } from '@interlink/service-kit';
import { type Check, type Finding, ok, problem, warning } from '../check.ts';
import type { DoctorContext } from '../context.ts';
import { readSlurmSite } from '../slurm-site.ts';

/** All that a process would refuse at its start. */
export const configuration: Check = {
  name: 'configuration',
  summary:
    'The configuration loads: the InterLink file, the virtual nodes and their provider file (cluster side), the Slurm sidecar’s keys (site side).',
  sides: ['cluster', 'site'],
  run: async (context) => {
    try {
      return await look(context);
    } catch (error) {
      return [unloadable(error)];
    }
  },
};

async function look(context: DoctorContext): Promise<Finding[]> {
  const { config, file, warnings } = await context.loadConfig();
  // Addresses are looked at when they are used.
  for (const urlOf of [interLinkUrl, interLinkListenUrl, sidecarUrl]) urlOf(config);
  const sides = await context.sides();
  const nodes = sides.has('cluster') ? await context.loadNodes() : [];
  if (sides.has('site') && config.SidecarService === 'slurm') await readSlurmSite(context.env);
  const told = [...warnings, ...new Set(nodes.flatMap(({ settings }) => settings.warnings))];
  const names = nodes.map(({ name }) => name).join(', ');
  return [
    file === undefined ? withoutFile(context) : ok(`${file} loads`),
    ...(names === '' ? [] : [ok(`virtual nodes: ${names}`)]),
    ...told.map(withoutEffect),
  ];
}

function withoutFile({ env }: DoctorContext): Finding {
  const inPod = (env.KUBERNETES_SERVICE_HOST ?? '') !== '';
  const what = 'no configuration file was found: all is from defaults and environment';
  if (inPod) return ok(what);
  return warning({
    what,
    why: 'a process that has another working directory, or another environment, may well find one',
    fix: 'name the file that the process has: INTERLINKCONFIGPATH=FILE interlink doctor',
  });
}

function withoutEffect(what: string): Finding {
  return warning({
    what,
    why: 'whoever wrote it expects something that does not happen',
    fix: 'take it out of the file, or write what replaces it',
  });
}

/** As the processes themselves would say it, at the start that they refuse. */
function unloadable(error: unknown): Finding {
  return problem({
    what: InterLinkError.from(error).message,
    why: 'no process starts with it, and nothing else can be looked at',
    fix: 'write what is wanted there; docs/configuration.md has the table of all keys',
  });
}
