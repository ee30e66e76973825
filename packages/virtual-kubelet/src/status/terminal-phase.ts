/** Whether a pod of this phase has ended. It ends once, and for ever. */
export function isTerminal(phase: string | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}
