import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WatchJournal } from './watch-journal.ts';

const textsAfter = (journal: WatchJournal, position: number) => journal.after(position, 1e6).map(({ text }) => text);

test('WatchJournal.after() gives each pod that changed once, its newest line, in the order of the changes', () => {
  const journal = new WatchJournal();
  for (const [uid, text] of [
    ['a', 'a1'],
    ['b', 'b1'],
    ['a', 'a2'],
    ['c', 'c1'],
  ] as const)
    journal.put(uid, text, 'pod');
  expect(textsAfter(journal, 0)).toEqual(['b1', 'a2', 'c1']);
  expect(textsAfter(journal, 3)).toEqual(['c1']);
  expect(journal.after(0, 2).map(({ text }) => text)).toEqual(['b1', 'a2']);
});

test('a reader of a WatchJournal that takes as much as it likes when it likes ends up with the truth', () => {
  const change = fc.record({ uid: fc.constantFrom('a', 'b', 'c', 'd'), isGone: fc.boolean(), taken: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const journal = new WatchJournal();
      const truth = new Map<string, string>();
      const held = new Map<string, string>();
      let position = 0;
      const read = (limit: number) => {
        for (const entry of journal.after(position, limit)) {
          if (entry.isGone) held.delete(entry.uid);
          else held.set(entry.uid, entry.text);
          position = entry.position;
        }
      };
      for (const [index, { uid, isGone, taken }] of changes.entries()) {
        journal.put(uid, String(index), isGone ? 'gone' : 'pod');
        if (isGone) truth.delete(uid);
        else truth.set(uid, String(index));
        read(taken);
      }
      read(1e6);
      expect(held).toEqual(truth);
    }),
  );
});

test('WatchJournal.positionOf() knows the cursors that it was told of, the first time that it was told', () => {
  const journal = new WatchJournal();
  journal.put('a', 'a1', 'pod');
  journal.mark('x');
  journal.put('b', 'b1', 'pod');
  journal.mark('y');
  journal.mark('x');
  expect([journal.positionOf('x'), journal.positionOf('y'), journal.positionOf('z')]).toEqual([1, 2, undefined]);
});

test('WatchJournal keeps a bounded number of deletions and cursors, and does not know places before those', () => {
  const journal = new WatchJournal();
  journal.put('stays', 'stays', 'pod');
  journal.mark('early');
  for (let index = 0; index < 20_000; index += 1) {
    journal.put(`pod-${index}`, 'text', 'pod');
    journal.put(`pod-${index}`, 'gone', 'gone');
  }
  journal.mark('late');
  expect(journal.positionOf('early')).toBeUndefined();
  expect(journal.positionOf('late')).toBe(journal.head);
  expect(journal.horizon).toBeGreaterThan(1);
  const kept = journal.after(0, 1e6);
  expect(kept.length).toBeLessThan(10_000);
  expect(kept[0]).toMatchObject({ uid: 'stays' });
});

test('WatchJournal forgets lines that are not the newest, however often a pod changes', () => {
  const journal = new WatchJournal();
  for (let index = 0; index < 100_000; index += 1) journal.put('a', `a${index}`, 'pod');
  expect(textsAfter(journal, 0)).toEqual(['a99999']);
  expect(textsAfter(journal, 99_999)).toEqual(['a99999']);
  expect(textsAfter(journal, 100_000)).toEqual([]);
});
