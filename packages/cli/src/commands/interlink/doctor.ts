import { InterLinkError } from '@interlink/protocol';
import { Option, Command as Parser } from 'commander';
import type { Command } from '../../command.ts';
import type { Side } from '../../doctor/check.ts';
import { parseArguments } from '../../parse-arguments.ts';

const summary = 'Looks at all that usually goes wrong, from where it is run, and says how to mend it.';

export interface DoctorFlags {
  readonly side: Side | 'auto';
  readonly kubeconfig?: string;
  readonly nodename?: string;
  readonly providerConfig?: string;
  readonly runPod?: true;
  readonly image: string;
  readonly output: 'text' | 'json';
}

const parser = () =>
  new Parser('interlink doctor')
    .description(
      `${summary} Nothing is changed. It reads what the processes read: InterLinkConfig.yaml and environment.`,
    )
    .addOption(
      new Option(
        '--side <side>',
        'cluster: beside the virtual kubelet; site: beside InterLink and its sidecars; auto: whichever there are here',
      )
        .choices(['cluster', 'site', 'auto'])
        .default('auto'),
    )
    .option('--kubeconfig <file>', 'how to reach the cluster ($KUBECONFIG, ~/.kube/config, the pod’s own account)')
    .option('--nodename <name>', 'the node, as vk has it ($NODENAME; default virtual-kubelet)')
    .option('--provider-config <file>', 'as vk has it ($VK_CONFIG_PATH)')
    .option('--run-pod', 'run a pod on each virtual node, read its log, and remove it')
    .option('--image <image>', 'of that pod; has to have sh and echo', 'busybox:latest')
    .addOption(new Option('-o, --output <format>', 'of what is found').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      `
Examples:
  interlink doctor                                 here, with the configuration that the processes find
  INTERLINKCONFIGPATH=./site.yaml interlink doctor with another one
  interlink doctor --side site                     on a login node: InterLink, sidecars, Docker or Slurm
  interlink doctor --side cluster --nodename my-node --kubeconfig ./vk.kubeconfig
  interlink doctor --run-pod --image registry.example/busybox:1
  interlink doctor -o json | jq '.checks[] | select(.findings[].outcome == "problem")'

Run it as the account, and on the machine, that the process has which does not work: permissions are looked at as they are for whoever
runs it. docs/doctor.md lists the checks.
Exit code: 0 no problems (there may be warnings), 1 problems, 2 wrong arguments.`,
    );

export const doctorCommand: Command = {
  name: 'doctor',
  summary,
  run: async (args, signal) => {
    const flags = parseArguments<DoctorFlags>(parser(), args);
    if (flags === undefined) return;
    const { side, output, runPod, image, ...rest } = flags;
    const [{ runDoctor }, { renderJson }, { plural, renderText }, { countOf }] = await Promise.all([
      import('../../doctor/run-doctor.ts'),
      import('../../doctor/report/json.ts'),
      import('../../doctor/report/text.ts'),
      import('../../doctor/report/report.ts'),
    ]);
    const report = await runDoctor(
      {
        ...{ ...rest, env: process.env, side: side === 'auto' ? undefined : side },
        podImage: runPod === true ? image : undefined,
      },
      signal,
    );
    process.stdout.write(output === 'json' ? renderJson(report) : renderText(report));
    const problems = countOf(report, 'problem');
    if (problems > 0)
      throw new InterLinkError('failed_precondition', `the doctor found ${plural(problems, 'problem')}`);
  },
};
