import { Random } from '../../random.ts';
import type { Role } from '../site/roles.ts';
import type { Fault } from './fault.ts';

const tenMinutes = 600;

/** The clock is moved by ten minutes, and back. */
export function moveClock(role: Role): Fault {
  return async (site, { seed }) => {
    await site.moveClock(role, new Random(seed).pick([-tenMinutes, tenMinutes]));
    return async () => await site.moveClock(role, 0);
  };
}
