import { amd64Code } from './pause-amd64.ts';
import { arm64Code } from './pause-arm64.ts';

export type Architecture = 'amd64' | 'arm64';

/** Where the file is mapped. Any page-aligned address does. */
const base = 0x400000;
const elfHeaderSize = 64;
const programHeaderSize = 56;
const entry = base + elfHeaderSize + programHeaderSize;

/** The number of each architecture in ELF's `e_machine`, and its code when loaded at an address. */
const architectures = {
  amd64: { machine: 62, code: amd64Code },
  arm64: { machine: 183, code: arm64Code },
} as const;

/**
 * The sandbox's only program, a static Linux executable of a few hundred bytes: it lets the kernel reap children (SIGCHLD is
 * ignored), exits with 0 on SIGTERM and SIGINT (as process 1 it would otherwise not even notice them), and sleeps.
 * Layout: ELF header, one program header, code and data (https://refspecs.linuxfoundation.org/elf/elf.pdf).
 */
export function buildPauseProgram(architecture: Architecture): Buffer {
  const { machine, code } = architectures[architecture];
  const text = code(entry);
  const size = elfHeaderSize + programHeaderSize + text.length;
  return Buffer.concat([elfHeader(machine), programHeader(size), text]);
}

function elfHeader(machine: number): Buffer {
  const header = Buffer.alloc(elfHeaderSize);
  header.write('\x7fELF', 0, 'latin1');
  header.set([2, 1, 1, 0], 4); // 64 bit, little endian, ELF version 1, System V
  header.writeUInt16LE(2, 16); // e_type: executable
  header.writeUInt16LE(machine, 18);
  header.writeUInt32LE(1, 20); // e_version
  header.writeBigUInt64LE(BigInt(entry), 24);
  header.writeBigUInt64LE(BigInt(elfHeaderSize), 32); // e_phoff: program headers follow at once
  header.writeUInt16LE(elfHeaderSize, 52);
  header.writeUInt16LE(programHeaderSize, 54);
  header.writeUInt16LE(1, 56); // e_phnum
  header.writeUInt16LE(64, 58); // e_shentsize; there are no sections
  return header;
}

/** The whole file, headers and all, is mapped readable and executable: nothing in it is ever written. */
function programHeader(fileSize: number): Buffer {
  const header = Buffer.alloc(programHeaderSize);
  header.writeUInt32LE(1, 0); // PT_LOAD
  header.writeUInt32LE(5, 4); // PF_R | PF_X
  header.writeBigUInt64LE(0n, 8); // from the file's beginning
  header.writeBigUInt64LE(BigInt(base), 16);
  header.writeBigUInt64LE(BigInt(base), 24);
  header.writeBigUInt64LE(BigInt(fileSize), 32);
  header.writeBigUInt64LE(BigInt(fileSize), 40);
  header.writeBigUInt64LE(0x10000n, 48); // the largest page size of both architectures
  return header;
}
