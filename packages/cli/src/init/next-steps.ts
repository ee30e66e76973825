import { join } from 'node:path';
import { quoteWord } from '@interlink/sidecar-sdk';
import type { InitAnswers } from './answers.ts';
import { configurationName } from './plan-files.ts';
import type { Written } from './write-plan.ts';

/** What was done, and the next two commands: one at each side. @param typed what is typed to call the program by a name */
export function renderNextSteps(
  answers: InitAnswers,
  written: ReadonlyArray<Written>,
  typed: (name: string) => string,
): string {
  const { backend, siteFolder, clusterFolder, site } = answers;
  const configured = (folder: string) => `INTERLINKCONFIGPATH=${quoteWord(join(folder, configurationName))}`;
  const isElsewhere = site.type !== 'local';
  // Where the programs are on another machine is not known here.
  const atSite = isElsewhere ? (name: string) => name : typed;
  return [
    ...written.map(({ path, outcome }) => `${outcome.padEnd(10)} ${path}`),
    '',
    ...noticesOf(answers),
    `1. ${isElsewhere ? `At the site, with ${siteFolder} at the same path` : 'InterLink and its sidecar'}:`,
    `   (export ${configured(siteFolder)}; ${atSite(`${backend}-sidecar`)} & ${atSite('interlink')})`,
    `2. ${isElsewhere ? `At the cluster’s end, with ${clusterFolder} at the same path` : 'The virtual kubelet, in another shell'}:`,
    `   ${configured(clusterFolder)} ${typed('vk')} --kubeconfig ~/.kube/config`,
    '',
    'With the same INTERLINKCONFIGPATH, at either side:',
    `   ${typed('interlink')} doctor    # what is wrong`,
    `   ${typed('interlink')} status    # what there is`,
    '',
  ].join('\n');
}

function noticesOf({ site }: InitAnswers): string[] {
  if (site.type === 'tunnel')
    return ['Between the two steps, open the tunnel: docs/guides/tunnelled.md has its command.', ''];
  if (site.type === 'local') return [];
  const { authentication, host } = site;
  const isOpen = authentication.kind === 'oidc' && authentication.group === undefined;
  return [
    `Certificates are for a year, and the site’s is for ${host}. They are read again when they are replaced.`,
    ...(isOpen
      ? ['Whoever has a token of the issuer for that audience is let in: --group, or Policy.Grants, says who.']
      : []),
    '',
  ];
}
