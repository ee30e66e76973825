import { Option, Command as Parser } from 'commander';
import type { Command } from '../../command.ts';
import { authentications, backends, type GivenAnswers, siteTypes } from '../../init/answers.ts';
import { parseArguments } from '../../parse-arguments.ts';

const summary = 'Writes the configuration of both sides, and says what to run next.';

export interface InitFlags extends GivenAnswers {
  readonly force?: true;
}

const parser = () =>
  new Parser('interlink init')
    .description(`${summary} In a terminal it asks for what no flag says.`)
    .addOption(
      new Option('--type <type>', 'edge: the site opens a port; tunnel: SSH only; local: all on this machine').choices(
        siteTypes,
      ),
    )
    .addOption(new Option('--backend <kind>', 'what runs the pods; mock runs nothing').choices(backends))
    .option('--node <name>', 'the virtual node’s name (default: virtual-kubelet)')
    .option('--host <name>', 'edge: the name, or IPv4 address, by which the cluster reaches the site')
    .option('--port <number>', 'edge: the port there (default: 3000)', Number)
    .addOption(new Option('--auth <way>', 'edge: how the virtual kubelet proves who it is').choices(authentications))
    .option('--issuer <url>', 'oidc: the issuer, as its tokens have it in iss')
    .option('--client-id <id>', 'oidc: the name by which the issuer knows the virtual kubelet')
    .option('--audience <text>', 'oidc: whom tokens are for (default: interlink)')
    .option('--group <name>', 'oidc: the only group that is let in (default: whoever has a token)')
    .option('--client-secret-file <file>', 'oidc: the client’s secret; the content is copied')
    .option('--refresh-token-file <file>', 'oidc: the refresh token of a session instead; the content is copied')
    .option('--login', 'oidc: begin a session now, by a code that somebody enters in a browser (device flow)')
    .option('--site-folder <path>', 'where the site’s files are, there and here (default: ~/interlink)')
    .option('--cluster-folder <path>', 'where those of the cluster’s end are (default: ~/interlink-vk)')
    .option('--force', 'write all files anew, tokens and certificates as well')
    .addHelpText(
      'after',
      `
Examples:
  interlink init                                                asks
  interlink init --type local --backend docker                  all on this machine
  interlink init --type tunnel --backend slurm --node my-site   a login node that lets in nothing but SSH
  interlink init --type edge --backend slurm --node my-site --host site.example --auth token
  interlink init --type edge --backend docker --host site.example --auth mtls
  interlink init --type edge --backend slurm --host site.example --auth oidc --issuer https://issuer.example/realms/site \\
      --client-id interlink-vk --client-secret-file ./client-secret --group virtual-kubelets
  interlink init --type edge --backend slurm --host site.example --auth oidc --issuer https://issuer.example/realms/site \\
      --client-id interlink-vk --login

Run it once, on either machine, and copy the other one's folder there, to the same path. The two folders hold:
  InterLinkConfig.yaml   the configuration; further keys: docs/configuration.md
  run                    sockets, mode 0700: who can enter it needs no token
  vk.token               token: the same random text at both sides
  client-secret, or session: with oidc, at the cluster's end: what the virtual kubelet gets its tokens by
  tls.crt, tls.key       the site's certificate, or with mtls at the cluster's end the virtual kubelet's
  site.crt, callers.crt  whom to trust: the site's certificate; with mtls those of all who may call
Everything is readable by this account alone. Run again with the same answers it changes nothing, and keeps tokens and certificates;
with other answers it writes nothing and says which files are in the way. Nothing is started, and but for --login nobody is asked
over the network.

Everything in the cluster, by SSH to Slurm: docs/guides/in-cluster.md. What is written is explained in docs/guides and docs/authentication.md.
Exit code: 0 done, 1 files are in the way, 2 wrong or missing answers.`,
    );

export const initCommand: Command = {
  name: 'init',
  summary,
  run: async (args, signal) => {
    const flags = parseArguments<InitFlags>(parser(), args);
    if (flags === undefined) return;
    const { force, ...given } = flags;
    const { runInit } = await import('../../init/run-init.ts');
    const { typedCommand } = await import('../../typed-command.ts');
    const terminal = process.stdin.isTTY ? { input: process.stdin, output: process.stderr } : undefined;
    const say = (text: string) => void process.stderr.write(text);
    process.stdout.write(
      await runInit({ given, isForced: force === true, terminal, say, typed: typedCommand }, signal),
    );
  },
};
