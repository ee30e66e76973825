import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { ChunkLoader } from './chunk-loader.ts';

/** A loader of these chunks, and which of them it has read. */
function loaderOf(chunks: Readonly<Record<string, string>>, caches: Readonly<Record<string, Buffer>> = {}) {
  const read: string[] = [];
  const code = (name: string) => {
    read.push(name);
    return chunks[name] ?? '';
  };
  return { loader: new ChunkLoader({ code, cache: (name) => caches[name] }), read };
}

test('load() runs a chunk once, and what it asks for only when it asks', () => {
  const { loader, read } = loaderOf({
    'a.js': 'exports.later = () => require("./b.js"); exports.now = require("./c.js").name;',
    'b.js': 'exports.name = "b";',
    'c.js': 'exports.name = "c"; exports.a = require("./a.js");',
  });
  const a = loader.load('a.js') as { now: string; later: () => { name: string } };
  expect([a.now, read]).toEqual(['c', ['a.js', 'c.js']]);
  const b = a.later();
  expect(b.name).toBe('b');
  expect(a.later()).toBe(b);
  expect(loader.load('c.js')).toEqual({ name: 'c', a });
  expect(read).toEqual(['a.js', 'c.js', 'b.js']);
});

test('load() gives chunks what Node gives a file, and of other modules those that are built in', () => {
  const { loader } = loaderOf({
    'main.js': 'exports.place = [__filename, __dirname, this === exports]; exports.os = require("node:os").EOL;',
  });
  expect(loader.load('main.js')).toEqual({
    place: [process.execPath, process.execPath.slice(0, -basename(process.execPath).length - 1), true],
    os: '\n',
  });
});

test('load() of a module that is not there fails as Node does, so that a library can do without', () => {
  const { loader } = loaderOf({
    'main.js': 'try { require("cpu-features") } catch ({ code, message }) { exports.seen = [code, message] }',
  });
  expect(loader.load('main.js')).toEqual({ seen: ['MODULE_NOT_FOUND', "Cannot find module 'cpu-features'"] });
});

test('compile() takes what V8 made of the same code before', () => {
  const chunks = { 'main.js': 'exports.answer = 42;' };
  const cache = loaderOf(chunks).loader.compile('main.js').createCachedData();
  const { loader } = loaderOf(chunks, { 'main.js': cache });
  expect(loader.load('main.js')).toEqual({ answer: 42 });
  expect(loader.scripts.get('main.js')?.cachedDataRejected).toBe(false);
});
