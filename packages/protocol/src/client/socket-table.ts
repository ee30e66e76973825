import { readFile } from 'node:fs/promises';

/** What the kernel knows of one connection. */
export interface SocketRow {
  /** Bytes that the peer has not acknowledged. */
  readonly unacknowledged: number;
  /** How often it has asked the peer in vain since it last heard of it: retransmissions, or probes. */
  readonly unanswered: number;
}

/** Local and remote port. Of two connections with the same ones, between other addresses, the better is shown. */
export type PortPair = `${number}-${number}`;

const files = ['/proc/net/tcp', '/proc/net/tcp6'];
/** Of https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html: ports, queue to send, retransmissions, probes. */
const row =
  /^ *\d+: [\dA-F]+:([\dA-F]{4}) [\dA-F]+:([\dA-F]{4}) [\dA-F]{2} ([\dA-F]{8}):[\dA-F]{8} [\dA-F]{2}:[\dA-F]+ ([\dA-F]{8}) +\d+ +(\d+) /gm;

/** All TCP connections of this network namespace; undefined on a system that does not tell. */
export async function readSocketTable(): Promise<ReadonlyMap<PortPair, SocketRow> | undefined> {
  const texts = await Promise.all(files.map(async (file) => await readFile(file, 'latin1').catch(() => '')));
  return texts[0] === '' ? undefined : parseSocketTable(texts.join('\n'));
}

export function parseSocketTable(text: string): ReadonlyMap<PortPair, SocketRow> {
  const table = new Map<PortPair, SocketRow>();
  for (const [, local = '', remote = '', queued = '', retransmissions = '', probes = ''] of text.matchAll(row)) {
    const pair: PortPair = `${Number.parseInt(local, 16)}-${Number.parseInt(remote, 16)}`;
    const unanswered = Math.max(Number.parseInt(retransmissions, 16), Number(probes));
    const present = table.get(pair);
    if (present !== undefined && present.unanswered < unanswered) continue;
    table.set(pair, { unacknowledged: Number.parseInt(queued, 16), unanswered });
  }
  return table;
}
