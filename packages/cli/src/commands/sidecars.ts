import { dockerSidecar } from '@interlink/sidecar-docker';
import { mockSidecar } from '@interlink/sidecar-mock';
import { processSidecar } from '@interlink/sidecar-process';
import { runSidecar, type SidecarDefinition } from '@interlink/sidecar-sdk';
import type { Command } from '../command.ts';
import { isHelpOrRefused } from './no-arguments.ts';

export const dockerSidecarCommand = sidecarCommand(
  dockerSidecar,
  'Runs pods on a Docker Engine ($DOCKER_HOST honoured).',
);
export const mockSidecarCommand = sidecarCommand(
  mockSidecar,
  'Runs nothing: instant, scriptable answers for tests and benches.',
);
export const processSidecarCommand = sidecarCommand(
  processSidecar,
  "Runs containers' commands as local processes, to try things out: images are ignored, nothing is isolated.",
);

function sidecarCommand(definition: SidecarDefinition, summary: string): Command {
  return {
    name: definition.name,
    summary,
    run: async (args, signal) => {
      if (!isHelpOrRefused(definition.name, summary, args)) await runSidecar(definition, signal);
    },
  };
}
