import { spawn } from 'node:child_process';
import { extname } from 'node:path';
import { Duplex } from 'node:stream';
import { InterLinkError, ownProgram } from '@interlink/sidecar-sdk';

/** `relay-main.ts` from source, `relay-main.js` once built. */
const relayProgram = ownProgram('port-relay', new URL(`./relay-main${extname(import.meta.url)}`, import.meta.url));

/**
 * Connects to a port on localhost in the network namespace of a process: a small process of ours enters it and passes the bytes
 * on. @throws InterLinkError `unavailable` when nothing answers there, or the namespace can't be entered
 */
export async function connectInside(pid: number, port: number, signal: AbortSignal): Promise<Duplex> {
  const argv = [`--net=/proc/${pid}/ns/net`, process.execPath, relayProgram, String(port)];
  const relay = spawn('nsenter', argv, { env: { PATH: process.env.PATH }, stdio: ['pipe', 'pipe', 'pipe'], signal });
  const { stdin, stdout, stderr } = relay;
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => undefined);
  const answered = Promise.withResolvers<void>();
  let said = '';
  stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(0, 1_000);
    if (said === 'connected\n') answered.resolve();
  });
  relay.on('error', answered.reject);
  relay.once('close', () => answered.reject(new Error(said.trim() || 'nsenter ended without a word')));
  try {
    await answered.promise;
  } catch (error) {
    const { message } = InterLinkError.from(error);
    throw new InterLinkError('unavailable', `Cannot reach port ${port} at the pod's localhost: ${message}`);
  }
  const connection = Duplex.from({ writable: stdin, readable: stdout } as unknown as NodeJS.ReadWriteStream);
  // Closing it before both of its ends counts as a failure for Node.
  return connection.on('error', () => undefined).once('close', () => relay.kill());
}
