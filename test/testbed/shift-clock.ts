// Loaded before a process's own code (node --import): its wall clock is wrong by CLOCK_SHIFT_SECONDS, its timers are right.
const shiftMs = Number(process.env.CLOCK_SHIFT_SECONDS ?? 0) * 1_000;
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
