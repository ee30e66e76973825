import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { configuredRoutes } from '@interlink/interlink';
import { InterLinkError } from '@interlink/protocol';
import { accountTokenFile, type TlsFileNames, TlsFiles, tlsFileNames } from '@interlink/service-kit';
import { type Finding, problem, warning } from '../check.ts';
import type { DoctorContext } from '../context.ts';
import { timeOf } from './certificate-time.ts';

/** The groups `TLS` and `Sidecars[]`, and the kubelet port's certificate where the provider file or the environment names one. */
export async function certificatesInFiles(context: DoctorContext): Promise<Finding[]> {
  const groups = await groupsOf(context);
  return (await Promise.all(groups.map(async (names) => await lookAt(names, context)))).flat();
}

async function groupsOf(context: DoctorContext): Promise<TlsFileNames[]> {
  const [config, sides] = await Promise.all([context.config(), context.sides()]);
  const routes = config.Sidecars === undefined ? [] : configuredRoutes(config, accountTokenFile(config, context.env));
  const kubelets = sides.has('cluster') ? (await context.nodes()).map(({ settings }) => settings.kubelet) : [];
  const { APISERVER_CERT_LOCATION: cert, APISERVER_KEY_LOCATION: key, APISERVER_CA_CERT_LOCATION: ca } = context.env;
  const ofKubelets = kubelets.map(({ certFile, keyFile }) => ({
    ...{ place: 'kubelet port', certFile: cert ?? certFile, keyFile: key ?? keyFile, caCertFile: ca },
  }));
  const all = [tlsFileNames(config), ...(sides.has('site') ? routes.map(({ tls }) => tls) : []), ...ofKubelets];
  const named = all.filter(({ certFile, keyFile, caCertFile }) => [certFile, keyFile, caCertFile].some(Boolean));
  return [...new Map(named.map((names) => [JSON.stringify(names), names])).values()];
}

async function lookAt(names: TlsFileNames, { logger, env }: DoctorContext): Promise<Finding[]> {
  try {
    await TlsFiles.load(names, logger);
  } catch (error) {
    return [
      problem({
        what: InterLinkError.from(error).message,
        why: 'the process that it is for does not start',
        fix: 'put a PEM file there that this account can read; certificate and key have to be of one pair',
      }),
    ];
  }
  const files = [names.certFile, names.caCertFile].filter((file) => file !== undefined);
  const isMounted = (env.KUBERNETES_SERVICE_HOST ?? '') !== '';
  const open = names.keyFile === undefined || isMounted ? [] : await openToOthers(names.keyFile);
  return [...open, ...(await Promise.all(files.map(timesIn))).flat()];
}

/** What a Secret is mounted as is Kubernetes' business; elsewhere a key is its owner's alone. */
async function openToOthers(path: string): Promise<Finding[]> {
  const { mode } = await stat(path);
  if ((mode & 0o077) === 0) return [];
  const advice = {
    what: `the key ${path} has mode 0${(mode & 0o777).toString(8)}: others of this machine can read it`,
    why: 'whoever has it passes for the owner of its certificate',
    fix: `chmod 600 ${path}; if others had the chance to read it, make a new key and certificate`,
  };
  return [(mode & 0o007) === 0 ? warning(advice) : problem(advice)];
}

async function timesIn(path: string): Promise<Finding[]> {
  const blocks =
    (await readFile(path, 'utf8')).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => {
    const certificate = new X509Certificate(block);
    const subject = certificate.subject.replaceAll('\n', ', ') || 'no subject';
    return timeOf(`the certificate in ${path} (${subject})`, certificate, `put a new one into ${path}`);
  });
}
