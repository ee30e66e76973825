import { InterLinkError, type Owner, parseOwnerKey } from '@interlink/protocol';
import { InvalidArgumentError, Option, Command as Parser } from 'commander';
import type { Command } from '../../command.ts';
import type { Side } from '../../doctor/check.ts';
import { parseArguments } from '../../parse-arguments.ts';

const summary = 'Shows what there is: virtual nodes, sidecars, pools, pods by state, and why the oldest waits.';

export interface StatusFlags {
  readonly side: Side | 'auto';
  readonly kubeconfig?: string;
  readonly nodename?: string;
  readonly owner: ReadonlyArray<Owner>;
  readonly watch?: true;
  readonly output: 'text' | 'json';
}

const parser = () =>
  new Parser('interlink status')
    .description(`${summary} Nothing is changed. It reads InterLinkConfig.yaml and environment, as the processes do.`)
    .addOption(
      new Option(
        '--side <side>',
        'cluster: ask the Kubernetes API; site: ask InterLink and its sidecars; auto: whichever there are here',
      )
        .choices(['cluster', 'site', 'auto'])
        .default('auto'),
    )
    .option('--kubeconfig <file>', 'how to reach the cluster ($KUBECONFIG, ~/.kube/config, the pod’s own account)')
    .option('--nodename <name>', 'only this virtual node of the cluster')
    .addOption(
      new Option('--owner <cluster/node>', 'at the site: whose pods; may be given several times')
        .argParser((text: string, before: ReadonlyArray<Owner>) => [...before, parseOwner(text)])
        .default([], 'those that are known here'),
    )
    .option('-w, --watch', 'stay, and show what changes as it does; Ctrl-C ends it')
    .addOption(
      new Option('-o, --output <format>', 'json: one document; with -w one line each time something changed')
        .choices(['text', 'json'])
        .default('text'),
    )
    .addHelpText(
      'after',
      `
Examples:
  interlink status                                 here, with the configuration that the processes find
  interlink status -w --side cluster               from any machine with a kubeconfig
  interlink status --side site                     on a login node: InterLink, its sidecars and their pools
  interlink status --side site --owner 0c7e…/my-node     and that node's pods, as the backend has them
  interlink status -o json | jq -r '.cluster.oldestPending.reason'

What it says:
  last heard    at a node: when its virtual kubelet renewed its lease, which it does every 10 s; older than 40 s, and Kubernetes calls
                the node NotReady. At an owner: when InterLink last told of the pods; with -w at most 5 s ago while all is well.
  backend       the node's condition InterLinkConnectivity: whether the virtual kubelet reaches InterLink, and if not, why
  without node  pods that tolerate a virtual node's taint and are not scheduled yet
  Pods as Kubernetes has them and as the backend has them differ for as long as a change travels; when they keep differing, look at
  "last heard", then run interlink doctor.

InterLink keeps no list of whose pods there are. Known here are the nodes of the cluster, where there is a way to it, and of the
configuration ClusterID with VirtualNodes, and what Policy.Grants and Sidecars name without a star. CLUSTER is the ClusterID, else:
  kubectl get namespace kube-system -o jsonpath='{.metadata.uid}'
Which of them this account sees is InterLink's to say: it is shown the account's token. In the cluster the account has to be allowed to
list nodes and pods (get suffices for the nodes of the configuration), and with -w to watch them.
Exit code: 0 shown, 1 nobody answers, 2 wrong arguments or configuration.`,
    );

function parseOwner(text: string): Owner {
  try {
    return parseOwnerKey(text);
  } catch (error) {
    throw new InvalidArgumentError(`CLUSTER/NODE is wanted: ${InterLinkError.from(error).message}`);
  }
}

export const statusCommand: Command = {
  name: 'status',
  summary,
  run: async (args, signal) => {
    const flags = parseArguments<StatusFlags>(parser(), args);
    if (flags === undefined) return;
    const { side, output, owner: owners, watch, ...rest } = flags;
    const options = { ...rest, owners, env: process.env, side: side === 'auto' ? undefined : side };
    const [{ readStatus }, { isAnything }, { renderText }] = await Promise.all([
      import('../../status/read-status.ts'),
      import('../../status/to-report.ts'),
      import('../../status/report/render-text.ts'),
    ]);
    if (watch === true) {
      const [{ watchStatus }, { screenOf }] = await Promise.all([
        import('../../status/watch-status.ts'),
        import('../../status/report/screen.ts'),
      ]);
      return await watchStatus(options, screenOf(process.stdout, output), signal);
    }
    const report = await readStatus(options, signal);
    process.stdout.write(output === 'json' ? `${JSON.stringify(report, null, 2)}\n` : renderText(report));
    if (!isAnything(report)) throw new InterLinkError('unavailable', 'nobody answers: interlink doctor says why');
  },
};
