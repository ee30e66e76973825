import { checkServerIdentity, connect, type PeerCertificate } from 'node:tls';
import { type Finding, problem } from '../check.ts';
import type { DoctorContext } from '../context.ts';
import type { Peer } from '../peers.ts';
import { timeOf } from './certificate-time.ts';

/**
 * What InterLink and the sidecars serve at https://. Whether their CA is trusted is told by the checks that connect as the processes do;
 * here any is taken, so that an expired one can be looked at, and nothing is sent.
 */
export async function servedCertificates(context: DoctorContext, signal: AbortSignal): Promise<Finding[]> {
  const sides = await context.sides();
  const interLink = await context.interLink().then(
    (peer) => [peer],
    () => [],
  );
  const sidecars = sides.has('site') ? await context.sidecars().catch(() => []) : [];
  const peers = [...interLink, ...sidecars].filter(({ url }) => /^https:/i.test(url));
  return (await Promise.all(peers.map(async (peer) => await lookAt(peer, signal)))).flat();
}

async function lookAt({ name, url }: Peer, signal: AbortSignal): Promise<Finding[]> {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  // Nobody there: told by the checks "interlink" and "sidecars".
  const certificate = await certificateAt(host, Number(port || 443), signal).catch(() => undefined);
  if (certificate === undefined) return [];
  const what = `the certificate of ${name} at ${url}`;
  const time = timeOf(
    what,
    { validFrom: certificate.valid_from, validTo: certificate.valid_to },
    `renew it at ${name}`,
  );
  const mismatch = checkServerIdentity(host, certificate);
  if (mismatch === undefined) return [time];
  return [
    time,
    problem({
      what: `${what} is for ${certificate.subjectaltname ?? certificate.subject.CN ?? 'no name'}, not for ${host}`,
      why: 'clients refuse a server that shows another name than the one that they called',
      fix: `issue a certificate with ${host} among its names, or call ${name} by a name that it has`,
    }),
  ];
}

async function certificateAt(host: string, port: number, signal: AbortSignal): Promise<PeerCertificate> {
  return await new Promise((resolve, reject) => {
    const socket = connect(
      {
        host,
        port,
        rejectUnauthorized: false,
        ...(/[a-z]/i.test(host) && !host.includes(':') ? { servername: host } : {}),
      },
      () => {
        resolve(socket.getPeerCertificate());
        socket.destroy();
      },
    );
    socket.once('error', reject);
    signal.addEventListener('abort', () => socket.destroy(new Error('aborted')), { once: true });
  });
}
