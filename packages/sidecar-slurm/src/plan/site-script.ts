import { askScriptBuilder, checkJobScript, type PodRequest, readJobScriptTemplate } from '@interlink/sidecar-sdk';
import type { SiteScript } from '../site/slurm-site.ts';

/**
 * The script that runs a pod's containers instead of the sidecar's own: what the service at `JobScriptBuilderURL` answers, or the file
 * `JobScriptTemplate` as it is. Undefined: the site has none.
 * @throws InterLinkError `unavailable` when it can't be had now, `failed_precondition` when it is none for this pod
 */
export async function readSiteScript(
  request: PodRequest,
  { builder, templatePath }: Pick<SiteScript, 'builder' | 'templatePath'>,
  fetcher: typeof fetch,
): Promise<string | undefined> {
  if (builder !== undefined) {
    const name = 'JobScriptBuilderURL';
    return checkJobScript(await askScriptBuilder({ ...builder, name }, request, fetcher), name);
  }
  return templatePath === undefined ? undefined : await readJobScriptTemplate(templatePath);
}
