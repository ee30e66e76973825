import { handlingAction, ignoringAction, signalSetSize, signals } from './signal-action.ts';

/** System calls: https://github.com/torvalds/linux/blob/master/arch/x86/entry/syscalls/syscall_64.tbl */
const system = { rtSigaction: 13, pause: 34, exitGroup: 231 } as const;

const syscall = [0x0f, 0x05];
const clearEdi = [0x31, 0xff]; // xor edi, edi
const clearEdx = [0x31, 0xd2]; // xor edx, edx
const setEax = (value: number): number[] => [0xb8, ...int32(value)];
const setEdi = (value: number): number[] => [0xbf, ...int32(value)];
const setEsi = (value: number): number[] => [0xbe, ...int32(value)];
const setR10d = (value: number): number[] => [0x41, 0xba, ...int32(value)];
/** Jumps by a signed byte, counted from the end of this instruction. */
const jump = (distance: number): number[] => [0xeb, distance & 0xff];

/**
 * The program's code and data for x86-64, to run at the given address (below 2 GiB, so that addresses are 32 bits):
 * three rt_sigaction(2), then pause(2) for ever; the handler is exit_group(0).
 */
export function amd64Code(address: number): Buffer {
  // Every instruction has a fixed size: a first pass with zeros tells where things will be.
  const { code: zeros, handlerOffset } = assemble(0, 0);
  const ignoring = address + zeros.length;
  const handling = ignoring + ignoringAction().length;
  const { code } = assemble(ignoring, handling);
  return Buffer.concat([Buffer.from(code), ignoringAction(), handlingAction(address + handlerOffset)]);
}

/** @param ignoring address of the action for SIGCHLD @param handling address of the action for the others */
function assemble(ignoring: number, handling: number): { code: number[]; handlerOffset: number } {
  const sleep = [...setEax(system.pause), ...syscall];
  const main = [
    ...setAction(signals.child, ignoring),
    ...setAction(signals.terminate, handling),
    ...setAction(signals.interrupt, handling),
    ...sleep,
    ...jump(-(sleep.length + 2)),
  ];
  const handler = [...setEax(system.exitGroup), ...clearEdi, ...syscall];
  return { code: [...main, ...handler], handlerOffset: main.length };
}

/** rt_sigaction(signal, action, NULL, sizeof(sigset_t)) */
function setAction(signal: number, action: number): number[] {
  return [
    ...setEax(system.rtSigaction),
    ...setEdi(signal),
    ...setEsi(action),
    ...clearEdx,
    ...setR10d(signalSetSize),
    ...syscall,
  ];
}

function int32(value: number): number[] {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return [...bytes];
}
