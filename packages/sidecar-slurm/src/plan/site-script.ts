import { readFile } from 'node:fs/promises';
import { InterLinkError, type PodRequest } from '@interlink/sidecar-sdk';
import type { SiteScript } from '../site/slurm-site.ts';
import { askScriptBuilder } from './ask-script-builder.ts';

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
  if (builder !== undefined) return checked(await askScriptBuilder(builder, request, fetcher), 'JobScriptBuilderURL');
  if (templatePath !== undefined) return checked(await readTemplate(templatePath), 'JobScriptTemplate');
  return undefined;
}

async function readTemplate(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { message } = InterLinkError.from(error);
    throw new InterLinkError('unavailable', `Cannot read JobScriptTemplate: ${message}`, {
      ...{ reason: 'JobScriptUnavailable', cause: error },
    });
  }
}

function checked(text: string, key: string): string {
  const isEmpty = text.trim() === '';
  if (!isEmpty && !text.includes('\0')) return text;
  const what = isEmpty ? 'is empty' : 'holds a NUL character';
  throw new InterLinkError('failed_precondition', `The script of ${key} ${what}: a bash script is wanted`, {
    reason: 'InvalidJobScript',
  });
}
