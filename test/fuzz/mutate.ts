import type { Random } from './random.ts';

/** What parsers stumble over: ends of integers, of doubles and of dates, signs, other bases. */
const numbers = [
  ...['0', '-0', '-1', '00', '255', '256', '65535', '65536', '2147483648', '4294967296', '9007199254740993'],
  ...[
    '18446744073709551616',
    '8640000000000001',
    '1e309',
    '-1e309',
    '1e-400',
    'NaN',
    'Infinity',
    '0x10',
    '9'.repeat(400),
  ],
];
/** Not UTF-8: a lone continuation, a cut character, an overlong one, a surrogate; then what is UTF-8 and odd all the same. */
const texts = [
  ...[[0x80], [0xe2, 0x82], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xff, 0xfe]].map((bytes) => Buffer.from(bytes)),
  ...['\0', '\u2028', '\ufeff', '\u{1f4a9}', '\r\n', '\n', '\t', '__proto__', 'constructor', '../..', '%00'].map(
    (text) => Buffer.from(text),
  ),
];
const punctuation = Buffer.from(' \n\t,;:=|/\\"\'()[]{}<>&?%$#@!*+-_.~`^\0');

type Mutation = (bytes: Buffer, random: Random, corpus: ReadonlyArray<Buffer>) => Buffer;

const mutations: ReadonlyArray<Mutation> = [
  function flip(bytes, random) {
    const copy = Buffer.from(bytes);
    const at = random.below(copy.length || 1);
    if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
    return copy;
  },
  function cut(bytes, random) {
    const [from, to] = span(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  function end(bytes, random) {
    return bytes.subarray(0, random.below(bytes.length + 1));
  },
  function repeat(bytes, random) {
    const [from, to] = span(bytes, random);
    const part = bytes.subarray(from, Math.min(to, from + 64));
    return put(bytes, to, Buffer.concat(Array.from({ length: 1 + random.below(8) }, () => part)));
  },
  function splice(bytes, random, corpus) {
    const other = random.pick(corpus);
    return Buffer.concat([
      bytes.subarray(0, random.below(bytes.length + 1)),
      other.subarray(random.below(other.length + 1)),
    ]);
  },
  function insertText(bytes, random) {
    return put(bytes, random.below(bytes.length + 1), random.pick(texts));
  },
  function insertPunctuation(bytes, random) {
    return put(bytes, random.below(bytes.length + 1), Buffer.of(random.pick([...punctuation])));
  },
  function otherByte(bytes, random) {
    const copy = Buffer.from(bytes);
    if (copy.length > 0)
      copy[random.below(copy.length)] = random.pick([random.below(256), random.pick([...punctuation])]);
    return copy;
  },
  function otherNumber(bytes, random) {
    const text = bytes.toString('latin1');
    const found = [...text.matchAll(/\d+/g)];
    if (found.length === 0) return put(bytes, random.below(bytes.length + 1), Buffer.from(random.pick(numbers)));
    const { index, 0: digits } = random.pick(found);
    return Buffer.from(`${text.slice(0, index)}${random.pick(numbers)}${text.slice(index + digits.length)}`, 'latin1');
  },
];

/** A few changes of one of the corpus. */
export function mutate(corpus: ReadonlyArray<Buffer>, random: Random): Buffer {
  let bytes = random.pick(corpus);
  for (let left = 1 + random.below(4); left > 0; left -= 1) bytes = random.pick(mutations)(bytes, random, corpus);
  return bytes;
}

/** Something short, thousands of times, between the halves of something known: what takes too long for its length shows by that. */
export function stretch(corpus: ReadonlyArray<Buffer>, random: Random, maxBytes: number): Buffer {
  const bytes = random.pick(corpus);
  const [from, to] = span(bytes, random);
  const known = bytes.subarray(from, Math.min(to, from + 1 + random.below(12)));
  const part = known.length > 0 && random.below(2) > 0 ? known : Buffer.of(random.pick([...punctuation]));
  const count = Math.floor(maxBytes / part.length);
  const at = random.pick([0, from, bytes.length]);
  return put(bytes, at, Buffer.concat(Array.from({ length: count }, () => part)));
}

function span(bytes: Buffer, random: Random): [from: number, to: number] {
  const ends = [random.below(bytes.length + 1), random.below(bytes.length + 1)].sort((a, b) => a - b);
  return [ends[0] ?? 0, ends[1] ?? 0];
}

function put(bytes: Buffer, at: number, part: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]);
}
