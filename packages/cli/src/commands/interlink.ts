import { InterLinkError } from '@interlink/protocol';
import { nearest } from '@interlink/service-kit';
import type { Command } from '../command.ts';
import { conformanceCommand } from './interlink/conformance.ts';
import { demoCommand } from './interlink/demo.ts';
import { demoSiteCommand } from './interlink/demo-site.ts';
import { doctorCommand } from './interlink/doctor.ts';
import { healthCommand } from './interlink/health.ts';
import { initCommand } from './interlink/init.ts';
import { renderCommand } from './interlink/render.ts';
import { statusCommand } from './interlink/status.ts';

const name = 'interlink';
const summary = 'The gateway between virtual kubelets and a sidecar.';

/** What `interlink WORD` does; without a word it is the gateway. */
export const subcommands: ReadonlyArray<Command> = [
  demoCommand,
  initCommand,
  doctorCommand,
  statusCommand,
  conformanceCommand,
  renderCommand,
  healthCommand,
];

/** What processes of ours start, and no usage shows. */
const internalCommands: ReadonlyArray<Command> = [demoSiteCommand];

export const interLinkCommand: Command = {
  name,
  summary,
  run: async (args, signal) => {
    const [word, ...rest] = args;
    if (word === undefined) {
      const { runInterLink } = await import('@interlink/interlink');
      return await runInterLink(signal);
    }
    if (word === '--help' || word === '-h' || word === 'help') {
      process.stdout.write(usage());
      return;
    }
    const subcommand = [...subcommands, ...internalCommands].find((one) => one.name === word);
    if (subcommand === undefined) throw new InterLinkError('invalid_argument', refusal(word));
    await subcommand.run(rest, signal);
  },
};

function usage(): string {
  return [
    'Usage: interlink             runs the gateway',
    '       interlink COMMAND [arguments]',
    '       interlink --version   shows version and commit',
    '',
    `${summary} The gateway takes no arguments: it is configured by`,
    '$INTERLINKCONFIGPATH (default ./kustomizations/InterLinkConfig.yaml, then /etc/interlink/InterLinkConfig.yaml)',
    'and by environment variables: see README.md.',
    '',
    'Commands:',
    ...subcommands.map((one) => `  ${one.name.padEnd(18)}${one.summary}`),
    '',
    'interlink COMMAND --help says more.',
    '',
  ].join('\n');
}

function refusal(word: string): string {
  const names = subcommands.map((one) => one.name);
  const near = nearest(word, names);
  const hint = near === undefined ? '' : `: did you mean ${near}?`;
  return `interlink knows no command ${JSON.stringify(word)}${hint} Known: ${names.join(', ')}; without one it is the gateway, configured by InterLinkConfig.yaml and environment variables`;
}
