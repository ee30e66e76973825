/**
 * Why the backend has refused something, in one sentence. Messages of InterLink and its sidecars begin with the action that failed
 * ("Cannot …"), which is said once; those of other plugins do not.
 * @param action what failed, as the virtual node puts it
 */
export function refusalMessage(action: string, message: string): string {
  return message.startsWith('Cannot ') ? message : `${action}: ${message}`;
}
