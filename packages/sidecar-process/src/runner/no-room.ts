/** The disk is full, or this account's share of it. */
export function isNoRoom(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

/** Of a runner that had no room for what it has to write down, and so has not taken the order: EX_TEMPFAIL of sysexits(3). */
export const noRoomExitCode = 75;
