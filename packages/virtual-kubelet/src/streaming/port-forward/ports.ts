/** More connections than anybody opens in one request: each has two of 255 channels. */
const maxPorts = 100;

/** Undefined for what is no TCP port. */
export function parsePort(text: string | undefined): number | undefined {
  const port = /^\d{1,5}$/.test(text ?? '') ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}

/** Reads `port=80,81` or `port=80&port=81`. Undefined when there is none, or one of them is no TCP port. */
export function parsePortList(query: string): number[] | undefined {
  const texts = new URLSearchParams(query).getAll('port').flatMap((text) => text.split(','));
  const ports = texts.map(parsePort).filter((port) => port !== undefined);
  return ports.length > 0 && ports.length === texts.length && ports.length <= maxPorts ? ports : undefined;
}
