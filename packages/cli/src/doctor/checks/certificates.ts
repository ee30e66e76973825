import { certificatesInFiles } from '../certificates/in-files.ts';
import { certificateInKubeconfig } from '../certificates/in-kubeconfig.ts';
import { servedCertificates } from '../certificates/served.ts';
import { type Check, NotApplicable } from '../check.ts';

export const certificates: Check = {
  name: 'certificates',
  summary:
    'Certificates, keys and CAs in files fit each other and are in their time; so are the client certificate of the kubeconfig, and what InterLink and sidecars serve, by the name they are called by.',
  sides: ['cluster', 'site'],
  run: async (context, signal) => {
    const found = await Promise.all([
      certificatesInFiles(context),
      certificateInKubeconfig(context),
      servedCertificates(context, signal),
    ]);
    const findings = found.flat();
    if (findings.length === 0) throw new NotApplicable('nothing speaks TLS here: no address is https://');
    return findings;
  },
};
