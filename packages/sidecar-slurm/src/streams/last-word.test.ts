import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LastWord } from './last-word.ts';

const mark = '<0123abcd>';

async function through(chunks: ReadonlyArray<string>): Promise<{ text: string; exitCode: number | undefined }> {
  const lastWord = new LastWord(mark);
  for (const chunk of chunks) lastWord.write(chunk);
  lastWord.end();
  const text = Buffer.concat(await Array.fromAsync(lastWord)).toString();
  return { text, exitCode: lastWord.exitCode };
}

/** Cuts a text at random. */
const cut = (text: string) =>
  fc
    .array(fc.nat(text.length), { maxLength: 8 })
    .map((places) => [0, ...places.toSorted((a, b) => a - b), text.length])
    .map((edges) => edges.slice(1).map((edge, index) => text.slice(edges[index], edge)));

test('LastWord gives all that comes before the mark, and the exit code behind it, however they are cut', async () => {
  const text = `<out<0123>\n${mark}3\nsrun: error: c1: task 0: Exited with exit code 3\n`;
  await fc.assert(
    fc.asyncProperty(cut(text), async (chunks) => {
      expect(await through(chunks)).toEqual({ text: '<out<0123>\n', exitCode: 3 });
    }),
  );
});

test('LastWord gives everything when there is no mark', async () => {
  const text = 'srun: error: Unable to create step for job 5: Job is pending\n<0123';
  await fc.assert(
    fc.asyncProperty(cut(text), async (chunks) => {
      expect(await through(chunks)).toEqual({ text, exitCode: undefined });
    }),
  );
});
