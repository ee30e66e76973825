import { handlingAction, ignoringAction, signalSetSize, signals } from './signal-action.ts';

/** System calls: https://github.com/torvalds/linux/blob/master/include/uapi/asm-generic/unistd.h. There is no pause(2). */
const system = { ppoll: 73, exitGroup: 94, rtSigaction: 134 } as const;

const svc = 0xd4000001; // svc #0
/** movz Xd, #value */
const set = (register: number, value: number): number => (0xd2800000 | (value << 5) | register) >>> 0;
/** adr Xd, by a distance in bytes, a multiple of 4, counted from this instruction */
const address = (register: number, distance: number): number =>
  (0x10000000 | (((distance >> 2) & 0x7ffff) << 5) | register) >>> 0;
/** b, by a distance in bytes counted from this instruction */
const branch = (distance: number): number => (0x14000000 | ((distance >> 2) & 0x3ffffff)) >>> 0;

/**
 * The program's code and data for AArch64: three rt_sigaction(2), then ppoll(2) on nothing for ever; the handler is
 * exit_group(0). Instructions are words of 4 bytes: https://developer.arm.com/documentation/ddi0602/latest/Base-Instructions
 */
export function arm64Code(loadAddress: number): Buffer {
  const { length, handlerOffset } = assemble(0);
  const { words } = assemble(length);
  const code = Buffer.alloc(length);
  for (const [index, word] of words.entries()) code.writeUInt32LE(word, index * 4);
  return Buffer.concat([code, ignoringAction(), handlingAction(loadAddress + handlerOffset)]);
}

/** @param data offset of the two actions behind the code */
function assemble(data: number): { words: number[]; length: number; handlerOffset: number } {
  const words: number[] = [];
  const setAction = (signal: number, action: number): void => {
    words.push(set(0, signal));
    words.push(address(1, action - words.length * 4));
    words.push(set(2, 0), set(3, signalSetSize), set(8, system.rtSigaction), svc);
  };
  setAction(signals.child, data);
  setAction(signals.terminate, data + ignoringAction().length);
  setAction(signals.interrupt, data + ignoringAction().length);
  const sleep = [set(0, 0), set(1, 0), set(2, 0), set(3, 0), set(4, 0), set(8, system.ppoll), svc];
  words.push(...sleep, branch(-4 * sleep.length));
  const handlerOffset = words.length * 4;
  words.push(set(0, 0), set(8, system.exitGroup), svc);
  return { words, length: words.length * 4, handlerOffset };
}
