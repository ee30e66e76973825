import { InterLinkError } from '@interlink/protocol';
import { askHealth } from './ask-health.ts';

/**
 * `NAME health`: prints what the process that listens there says at `/readyz?verbose`, for the HEALTHCHECK of an image.
 * @throws InterLinkError `unavailable`, with what it says, when it is not ready
 */
export async function showReadiness(url: string): Promise<void> {
  const { status, text } = await askHealth(url, '/readyz?verbose');
  if (status !== 200) throw new InterLinkError('unavailable', `${url} is not ready: ${text.trim()}`);
  process.stdout.write(text);
}
