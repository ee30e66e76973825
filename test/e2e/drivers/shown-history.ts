import { type Owner, ownerKey } from '@interlink/protocol';
import { History, type Sample } from '../../../packages/interlink/src/ui/board/history.ts';

const minutes = 360;

/** For who can't wait six hours: every InterLink of this process has had a day at work with the pods of this owner. */
export function showHistory(owner: Owner): void {
  const now = Date.now();
  const samples = Array.from({ length: minutes }, (_, index) => sampleOf(owner, index, now));
  Object.defineProperty(History.prototype, 'samples', { get: () => samples });
}

function sampleOf(owner: Owner, minute: number, now: number): Sample {
  const at = now - (minutes - minute) * 60_000;
  const wave = (period: number, shift: number) => 0.5 + 0.5 * Math.sin((minute / period + shift) * 2 * Math.PI);
  const counts = {
    Queued: Math.round(2 + 9 * wave(170, 0.62) ** 2),
    Starting: Math.round(1.6 * wave(23, 0.1) ** 3),
    Running: Math.round(6 + 8 * wave(230, 0.3)),
    Succeeded: Math.floor(minute / 45) + 2,
    Failed: minute < 281 ? 0 : 1,
    Unreadable: 0,
  };
  const startLatenciesMs = minute % 7 === 0 ? [1_000 * Math.round(25 + 70 * wave(170, 0.62))] : [];
  const requests = new Map([['sidecar', Math.round(14 + 10 * wave(40, 0) + 5 * wave(7, 0.4))]]);
  const backendRequests = new Map([['sidecar', Math.round(9 + 6 * wave(60, 0.2) + 4 * wave(9, 0.7))]]);
  return { at, owners: new Map([[ownerKey(owner), { counts, startLatenciesMs }]]), requests, backendRequests };
}
