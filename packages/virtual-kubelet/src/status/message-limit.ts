/**
 * What a kubelet keeps of termination messages: of one container's, and of all of a pod's together, in bytes
 * (https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/).
 */
const containerBytes = 4_096;
const podBytes = 12_288;

/** How many bytes each container's message may have, so that all of the pod's fit. */
export function messageLimit(containers: number): number {
  return Math.min(containerBytes, Math.floor(podBytes / Math.max(1, containers)));
}

/** The longest beginning of a text that fits, in whole characters. */
export function cutToBytes(text: string, bytes: number): string {
  const encoded = Buffer.from(text, 'utf8');
  if (encoded.length <= bytes) return text;
  let end = bytes;
  // A byte of the form 10xxxxxx goes on with a character that begins before it.
  while (end > 0 && ((encoded[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return encoded.subarray(0, end).toString('utf8');
}
