import { Option, Command as Parser } from 'commander';
import type { Command } from '../../command.ts';
import { parseArguments } from '../../parse-arguments.ts';

const summary = 'Shows it: a cluster in memory, a virtual node, a pod and its log.';

/** What `interlink demo` was asked for. */
export interface DemoFlags {
  readonly cluster: 'embedded' | 'existing';
  readonly kubeconfig?: string;
  readonly sidecar: 'auto' | 'docker' | 'process';
}

const parser = () =>
  new Parser('interlink demo')
    .description(
      'Starts a virtual node, runs a pod on it and shows its states and its log. Ctrl-C ends it and leaves nothing.',
    )
    .addOption(
      new Option('--cluster <kind>', 'embedded: a Kubernetes API in memory; existing: the one of your kubeconfig')
        .choices(['embedded', 'existing'])
        .default('embedded'),
    )
    .option('--kubeconfig <file>', 'of the existing cluster ($KUBECONFIG, ~/.kube/config)')
    .addOption(
      new Option(
        '--sidecar <kind>',
        'what runs the pod; auto: docker when an engine has the image, else a local process',
      )
        .choices(['auto', 'docker', 'process'])
        .default('auto'),
    )
    .addHelpText(
      'after',
      `
Examples:
  interlink demo                        needs nothing: no cluster, no kubectl, no Docker
  interlink demo --cluster existing     a virtual node in your own cluster, for as long as the demo runs`,
    );

export const demoCommand: Command = {
  name: 'demo',
  summary,
  run: async (args, signal) => {
    const flags = parseArguments<DemoFlags>(parser(), args);
    if (flags === undefined) return;
    const { runDemo } = await import('../../demo/run-demo.ts');
    await runDemo(flags, signal);
  },
};
