import { Option, Command as Parser } from 'commander';
import type { Command } from '../../command.ts';
import { parseArguments } from '../../parse-arguments.ts';

const summary = 'Shows what a pod would be at the backend: job script or containers. Nothing is run.';

export interface RenderFlags {
  readonly filename: string;
  readonly node: string;
  readonly cluster: string;
  readonly output: 'yaml' | 'json';
}

const parser = () =>
  new Parser('interlink render')
    .description(`${summary} Asks InterLink, as InterLinkConfig.yaml says.`)
    .requiredOption('-f, --filename <file>', 'the pod, in YAML or JSON; - is standard input')
    .requiredOption('--node <name>', 'the virtual node that the pod would run on')
    .option('--cluster <id>', 'the cluster that the node is of, where that matters to InterLink', 'render')
    .addOption(new Option('-o, --output <format>', 'of what is shown').choices(['yaml', 'json']).default('yaml'))
    .addHelpText(
      'after',
      `
Examples:
  interlink render -f pod.yaml --node my-node
  kubectl get pod web -o yaml | interlink render -f - --node my-node -o json

What the virtual kubelet would fetch from the cluster (values from ConfigMaps and Secrets, files of volumes) is left out.
Warnings go to standard error. Exit code: 0 shown, 1 refused, as the pod would be, or no answer, 2 wrong arguments.`,
    );

export const renderCommand: Command = {
  name: 'render',
  summary,
  run: async (args, signal) => {
    const flags = parseArguments<RenderFlags>(parser(), args);
    if (flags === undefined) return;
    const { runRender } = await import('../../render/run-render.ts');
    await runRender(flags, signal);
  },
};
