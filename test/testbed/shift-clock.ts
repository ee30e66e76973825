import { readFileSync } from 'node:fs';

// Loaded before a process's own code (node --import): its wall clock is wrong, its timers are right. By how much, CLOCK_SHIFT_SECONDS says,
// or the file CLOCK_SHIFT_FILE, which may change while the process runs: the clock is moved then.
let shiftMs = Number(process.env.CLOCK_SHIFT_SECONDS ?? 0) * 1_000;
const RealDate = Date;

class ShiftedDate extends RealDate {
  constructor(...args: unknown[]) {
    if (args.length === 0) super(RealDate.now() + shiftMs);
    else super(...(args as [number]));
  }

  static override now(): number {
    return RealDate.now() + shiftMs;
  }
}

globalThis.Date = ShiftedDate as DateConstructor;

const file = process.env.CLOCK_SHIFT_FILE;
if (file !== undefined) {
  const read = () => {
    shiftMs = Number(readFileSync(file, 'utf8')) * 1_000;
  };
  read();
  setInterval(read, 200).unref();
}
