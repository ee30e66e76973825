import { isAlive } from '../runner/process-identity.ts';
import type { ProcessIdentity } from '../runner/records.ts';
import { type ProcessRow, readResidentBytes, readSessions, readThreadNanoseconds } from './process-table.ts';

export interface SessionUsage {
  readonly time: Date;
  readonly cpuNanoseconds: bigint;
  /** What is in RAM. */
  readonly residentBytes: number;
  readonly processCount: number;
}

/**
 * Measures what a container's processes use together: those of the session that its command leads, with what the children that
 * have ended used. What a process used that ended unnoticed (its parent gone, or a thread of it) is kept as far as it was seen:
 * the sum never goes back.
 */
export class SessionMeter {
  readonly #highest = new Map<string, bigint>();

  /** @returns by {@link keyOf}; sessions whose leader has ended are left out, and forgotten */
  async measure(leaders: ReadonlyArray<ProcessIdentity>): Promise<Map<string, SessionUsage>> {
    const sessions = await readSessions();
    const measured = new Map<string, SessionUsage>();
    await Promise.all(
      leaders.map(async (leader) => {
        const rows = sessions.get(leader.pid) ?? [];
        if (rows.length > 0 && isAlive(leader)) measured.set(keyOf(leader), await this.#add(leader, rows));
      }),
    );
    return measured;
  }

  /** Forgets all sessions but these. */
  keep(leaders: ReadonlyArray<ProcessIdentity>): void {
    const known = new Set(leaders.map(keyOf));
    for (const key of this.#highest.keys()) if (!known.has(key)) this.#highest.delete(key);
  }

  async #add(leader: ProcessIdentity, rows: ReadonlyArray<ProcessRow>): Promise<SessionUsage> {
    const parts = await Promise.all(
      rows.map(async ({ pid, cpuNanoseconds }) => ({
        cpu: larger(cpuNanoseconds, await readThreadNanoseconds(pid)),
        resident: await readResidentBytes(pid),
      })),
    );
    const sum = parts.reduce((total, { cpu }) => total + cpu, 0n);
    const cpuNanoseconds = larger(sum, this.#highest.get(keyOf(leader)) ?? 0n);
    this.#highest.set(keyOf(leader), cpuNanoseconds);
    return {
      time: new Date(),
      cpuNanoseconds,
      residentBytes: parts.reduce((total, { resident }) => total + resident, 0),
      processCount: rows.length,
    };
  }
}

/** A pid alone may come again. */
export function keyOf({ pid, startTime }: ProcessIdentity): string {
  return `${pid} ${startTime}`;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
