import { InterLinkError } from '@interlink/protocol';
import { nearest } from '@interlink/service-kit';
import type { Command } from '../../command.ts';
import { demoCommand } from './demo.ts';

const name = 'interlink';
const summary = 'The gateway between virtual kubelets and sidecars; with a word after it, a tool.';

/** What `interlink WORD` does. */
const tools: ReadonlyArray<Command> = [demoCommand];

export const interLinkCommand: Command = {
  name,
  summary,
  run: async ([first, ...rest], signal) => {
    if (first === '--help' || first === '-h') return void process.stdout.write(help());
    const tool = tools.find((each) => each.name === first);
    if (tool !== undefined) return await tool.run(rest, signal);
    if (first !== undefined) throw refusal(first);
    const { runInterLink } = await import('@interlink/interlink');
    await runInterLink(signal);
  },
};

function help(): string {
  return [
    'Usage: interlink            run the gateway',
    ...tools.map((tool) => `       interlink ${tool.name.padEnd(15)} ${tool.summary}`),
    '',
    'The gateway takes no arguments. It is configured by $INTERLINKCONFIGPATH (default ./kustomizations/InterLinkConfig.yaml,',
    'then /etc/interlink/InterLinkConfig.yaml) and by environment variables: see README.md.',
    '',
  ].join('\n');
}

function refusal(word: string): InterLinkError {
  const names = tools.map((tool) => tool.name);
  const near = nearest(word, names);
  const hint = near === undefined ? `want no argument, or one of: ${names.join(', ')}` : `did you mean ${near}?`;
  return new InterLinkError('invalid_argument', `interlink does not know ${JSON.stringify(word)}: ${hint}`);
}
