import { InterLinkError } from '@interlink/protocol';
import type { Backend } from '../backend.ts';

/** The answer to who asks for an optional verb that the backend lacks. @param what it can't do, in words: `forward a port` */
export async function cannot(backend: Backend, what: string): Promise<InterLinkError> {
  const { kind } = (await backend.capabilities()).backend;
  return new InterLinkError('unimplemented', `The backend "${kind}" can't ${what}`);
}
