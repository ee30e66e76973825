import { readFile } from 'node:fs/promises';
import { InterLinkError } from '@interlink/protocol';

/** The text of the file that the key `JobScriptTemplate` names. @throws InterLinkError `unavailable` when it can't be read now */
export async function readJobScriptTemplate(path: string): Promise<string> {
  try {
    return checkJobScript(await readFile(path, 'utf8'), 'JobScriptTemplate');
  } catch (error) {
    if (error instanceof InterLinkError) throw error;
    const { message } = InterLinkError.from(error);
    throw new InterLinkError('unavailable', `Cannot read JobScriptTemplate: ${message}`, {
      ...{ reason: 'JobScriptUnavailable', cause: error },
    });
  }
}

/** @param source what messages call it @throws InterLinkError `failed_precondition` for what no shell would run */
export function checkJobScript(text: string, source: string): string {
  const isEmpty = text.trim() === '';
  if (!isEmpty && !text.includes('\0')) return text;
  const what = isEmpty ? 'is empty' : 'holds a NUL character';
  throw new InterLinkError('failed_precondition', `The script of ${source} ${what}: a bash script is wanted`, {
    reason: 'InvalidJobScript',
  });
}
