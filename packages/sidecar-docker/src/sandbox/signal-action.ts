/** Signal numbers, the same on amd64 and arm64 (signal(7)). */
export const signals = { interrupt: 2, terminate: 15, child: 17 } as const;

/** `sizeof(sigset_t)` in the kernel, wanted by rt_sigaction(2). */
export const signalSetSize = 8;

/** Says that `sa_restorer` is set; without it the kernel of x86-64 kills the process instead of delivering a signal. */
const SA_RESTORER = 0x04000000n;
const SIG_IGN = 1n;

/** The kernel's `struct sigaction` (not libc's), 32 bytes on both architectures: handler, flags, restorer, mask. */
function signalAction(handler: bigint, flags: bigint, restorer: bigint): Buffer {
  const action = Buffer.alloc(32);
  action.writeBigUInt64LE(handler, 0);
  action.writeBigUInt64LE(flags, 8);
  action.writeBigUInt64LE(restorer, 16);
  return action;
}

export function ignoringAction(): Buffer {
  return signalAction(SIG_IGN, 0n, 0n);
}

/** The handler never returns, so that it can stand for its own restorer. */
export function handlingAction(handlerAddress: number): Buffer {
  return signalAction(BigInt(handlerAddress), SA_RESTORER, BigInt(handlerAddress));
}
