import { execFileSync } from 'node:child_process';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { LostPeers } from '../lost-peers.ts';

// Run in a network namespace of its own: connections on loopback of which one side is watched over; then the network is silent.
const times = {
  keepAliveDelayMs: 1_000,
  keepAliveIntervalMs: 1_000,
  keepAliveCount: 2,
  lookMs: 100,
  unansweredMs: 1_500,
};
const lostPeers = new LostPeers(times);
const closed: string[] = [];
/** While the network works: longer than any of the times above. */
const calmMs = 2_500;

execFileSync('ip', ['link', 'set', 'lo', 'up']);
const accepted: Socket[] = [];
const server = createServer({ allowHalfOpen: true }, (socket) => accepted.push(socket.on('error', () => undefined)));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

async function watched(name: string): Promise<{ ours: Socket; theirs: Socket }> {
  const { port } = server.address() as { port: number };
  const ours = connect(port, '127.0.0.1');
  await new Promise((resolve) => ours.once('connect', resolve));
  while (accepted.length === 0) await delay(1);
  const theirs = accepted.pop() as Socket;
  ours.on('error', () => undefined).on('close', () => closed.push(name));
  lostPeers.watch(ours);
  return { ours, theirs };
}

const idle = await watched('idle');
const sending = await watched('sending');
sending.theirs.resume();
// Its peer takes nothing, and is not lost: the kernel answers for it.
const stuck = await watched('stuck');
stuck.theirs.pause();
while (stuck.ours.writableLength < 1_000_000) stuck.ours.write(Buffer.alloc(500_000));

await delay(calmMs);
process.stdout.write(`before: ${closed.join(' ')}\n`);
sending.ours.write('a few bytes');
execFileSync('iptables', ['-A', 'INPUT', '-i', 'lo', '-j', 'DROP']);
sending.ours.write('a few more');
await Promise.all(
  [idle, sending, stuck].map(async ({ ours }) => await new Promise((resolve) => ours.once('close', resolve))),
);
process.stdout.write(`after: ${closed.sort().join(' ')}\n`);
process.exit(0);
