import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ControlPlaneData, type SecondApiServer, startSecondApiServer } from '../../testbed/index.ts';

/** One request, as the API server's audit log has it. */
export interface AuditEntry {
  readonly user: { readonly username: string };
  readonly verb: string;
  readonly requestURI: string;
  readonly objectRef?: {
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly apiGroup?: string;
  };
  readonly responseStatus?: { readonly code: number };
  /** Why it was allowed or not, above all. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A second API server of the testbed that writes down who asked it for what. */
export interface AuditedServer extends SecondApiServer {
  requestsOf(username: string): Promise<AuditEntry[]>;
}

export async function startAuditedServer(controlPlane: ControlPlaneData, directory: string): Promise<AuditedServer> {
  const [policyFile, logFile] = [join(directory, 'audit-policy.json'), join(directory, 'audit.log')];
  const policy = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [{ level: 'Metadata' }] };
  await writeFile(policyFile, JSON.stringify(policy));
  const flags = [`--audit-policy-file=${policyFile}`, `--audit-log-path=${logFile}`];
  const server = await startSecondApiServer(controlPlane, { directory, flags });
  return {
    ...server,
    requestsOf: async (username) => {
      const lines = (await readFile(logFile, 'utf8')).split('\n').filter((line) => line !== '');
      // A watch is written down when it begins and when it ends: one of them is enough.
      return (lines.map((line) => JSON.parse(line)) as Array<AuditEntry & { stage: string }>).filter(
        ({ user, stage }) => user.username === username && /^Response(Started|Complete)$/.test(stage),
      );
    },
  };
}
