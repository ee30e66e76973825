const blockSize = 512;

/**
 * A tar archive (ustar, https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html) of one executable file that
 * belongs to root and has no date: the same bytes each time.
 * @param name shorter than 100 bytes
 */
export function tarExecutable(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(blockSize);
  header.write(name, 0, 'ascii');
  header.write(octal(0o755, 7), 100, 'ascii');
  header.write(octal(0, 7), 108, 'ascii'); // uid
  header.write(octal(0, 7), 116, 'ascii'); // gid
  header.write(octal(content.length, 11), 124, 'ascii');
  header.write(octal(0, 11), 136, 'ascii'); // mtime
  header.write(' '.repeat(8), 148, 'ascii'); // the checksum counts itself as spaces
  header.write('0', 156, 'ascii'); // a regular file
  header.write('ustar\0' + '00', 257, 'ascii');
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${octal(checksum, 6)} `, 148, 'ascii');
  const padding = Buffer.alloc((blockSize - (content.length % blockSize)) % blockSize);
  return Buffer.concat([header, content, padding, Buffer.alloc(2 * blockSize)]);
}

/** Digits, then a NUL. */
function octal(value: number, digits: number): string {
  return `${value.toString(8).padStart(digits, '0')}\0`;
}
