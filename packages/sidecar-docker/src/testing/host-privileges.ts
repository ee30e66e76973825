import { readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** By its bit: https://github.com/torvalds/linux/blob/master/include/uapi/linux/capability.h */
const bit = (place: number): bigint => 1n << BigInt(place);
export const capabilities = { chown: bit(0), setpcap: bit(8), sysResource: bit(24), sysTime: bit(25) };
/** What every engine means by all, up to AUDIT_READ: Docker 20.10 knows none that came later, Podman does. */
export const allCapabilities = bit(38) - 1n;

/** Prints what the kernel says of the process that reads it. */
export const printStatus = `grep -E '^(CapEff|NoNewPrivs|Seccomp):' /proc/self/status | tr '\\t' ' '`;
/** Prints the paths of the container's devices. */
export const printDevices = 'find /dev -type b -o -type c | sort';

/** Of what {@link printStatus} printed. */
export function capabilitiesIn(status: string, name = 'CapEff'): bigint {
  return BigInt(`0x${new RegExp(`^${name}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1]}`);
}

/** The most that this machine lets any process have: less than all where it is itself a container, or a sandbox. */
export function mostCapabilities(): bigint {
  return capabilitiesIn(readFileSync('/proc/self/status', 'utf8'), 'CapBnd');
}

/** Paths of the devices that there are in /dev itself, but for terminals and consoles, of which a container may have its own. */
export async function hostDevices(): Promise<string[]> {
  const names = (await readdir('/dev')).filter((name) => !/^(console|ptmx|tty\d*)$/.test(name));
  const isDevice = async (path: string) => {
    const found = await stat(path).catch(() => undefined);
    return found !== undefined && (found.isBlockDevice() || found.isCharacterDevice());
  };
  const paths = names.map((name) => join('/dev', name));
  return (await Promise.all(paths.map(async (path) => ((await isDevice(path)) ? [path] : [])))).flat();
}
