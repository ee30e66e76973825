import { expect, test } from 'vitest';
import { LogWriter } from './log-writer.ts';

test('LogWriter loses output that there is no room for, says so when there is, and breaks no other line', () => {
  let log = '';
  let room = 0;
  const write = (_: number, bytes: Buffer, offset: number): number => {
    if (room === 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const taken = bytes.subarray(offset, offset + room);
    room -= taken.length;
    log += taken.toString();
    return taken.length;
  };
  const writer = new LogWriter(0, () => 'T', write);
  const say = (text: string, bytes: number) => {
    room = bytes;
    writer.write('stdout', Buffer.from(`${text}\n`));
  };
  say('a', 100);
  say('b', 0);
  say('c', 5);
  say('d', 0);
  say('e', 200);
  say('f', 200);
  const told = 'T stderr F output was lost here: no space was left on the device';
  expect(log.split('\n')).toEqual(['T stdout F a', 'T std', told, 'T stdout F e', 'T stdout F f', '']);
});

test('LogWriter fails for what is no full disk', () => {
  const write = () => {
    throw Object.assign(new Error('i/o error'), { code: 'EIO' });
  };
  expect(() => new LogWriter(0, () => 'T', write).write('stdout', Buffer.from('a\n'))).toThrow('i/o error');
});
