import { expect, test } from 'vitest';
import { parseSocketTable } from './socket-table.ts';

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0159A40A:A3C7 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7290996 2 00000000af82da03 100 0 0 10 0
   1: 0100007F:0BB8 0100007F:B0D9 01 00000010:00000000 01:00000400 00000006  1000        0 7630493 2 00000000af82da03 100 0 0 10 0
   2: 0100007F:B0D9 0100007F:0BB8 01 00000000:00000000 04:00000400 00000000  1000        3 7630494 2 00000000af82da03 100 0 0 10 0
`;

test('parseSocketTable() reads what the kernel knows of each connection', () => {
  const found = parseSocketTable(table);
  expect(found.get('3000-45273')).toEqual({ unacknowledged: 16, unanswered: 6 });
  expect(found.get('45273-3000')).toEqual({ unacknowledged: 0, unanswered: 3 });
});

test('parseSocketTable() tells the better of two connections with the same ports', () => {
  const other = table.replace('0100007F:0BB8 0100007F:B0D9 01 00000010', '0200007F:0BB8 0300007F:B0D9 01 00000000');
  const calm = other.replace('00000006  1000', '00000000  1000');
  for (const text of [table + calm, calm + table]) {
    expect(parseSocketTable(text).get('3000-45273')).toEqual({ unacknowledged: 0, unanswered: 0 });
  }
});
