import { X509Certificate } from 'node:crypto';
import type { Finding } from '../check.ts';
import type { DoctorContext } from '../context.ts';
import { timeOf } from './certificate-time.ts';

/** The client certificate by which the Kubernetes API knows this account, if it does by one. */
export async function certificateInKubeconfig(context: DoctorContext): Promise<Finding[]> {
  if (!(await context.sides()).has('cluster')) return [];
  const access = await context.loadAccess().catch(() => undefined);
  // What is wrong with a login is told by "kubernetes-api".
  const { cert } = (await access?.credentials().catch(() => undefined))?.tls ?? {};
  if (access === undefined || cert === undefined) return [];
  const what = `the client certificate of ${access.source}`;
  return [timeOf(what, new X509Certificate(cert), 'get a new kubeconfig from whoever runs the cluster')];
}
