import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { ChannelSocket } from './channel-socket.ts';

/** What the class uses of a WebSocket, and what was done to it. */
class FakeSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  readonly done: string[] = [];
  ping = () => this.done.push('ping');
  pong = () => this.done.push('pong');
  pause = () => this.done.push('pause');
  resume = () => this.done.push('resume');
  terminate = () => this.done.push('terminate');
}

let fake: FakeSocket;
let socket: ChannelSocket;
beforeEach(() => {
  vi.useFakeTimers();
  fake = new FakeSocket();
  socket = new ChannelSocket(fake as unknown as WebSocket, { frame: () => undefined, closed: () => undefined });
});
afterEach(() => {
  fake.emit('close', 1000, Buffer.alloc(0));
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test('ChannelSocket asks for signs of life, and gives a silent peer up', () => {
  vi.advanceTimersByTime(25_000);
  expect(fake.done).toEqual(['ping', 'ping', 'ping']);
  fake.emit('pong');
  vi.advanceTimersByTime(20_000);
  expect(fake.done).not.toContain('terminate');
  vi.advanceTimersByTime(8_000);
  expect(fake.done.at(-1)).toBe('terminate');
});

test('ChannelSocket does not judge a peer that it does not listen to, and tells it that it lives', () => {
  const reader = {};
  socket.hold(reader);
  vi.advanceTimersByTime(2_000);
  expect(fake.done).toEqual(['pause', 'pong']);
  vi.advanceTimersByTime(200_000);
  expect(fake.done).not.toContain('terminate');
  socket.release(reader);
  expect(fake.done.at(-1)).toBe('resume');
  vi.advanceTimersByTime(20_000);
  expect(fake.done).not.toContain('terminate');
  expect(fake.done.slice(fake.done.indexOf('resume'))).toEqual(['resume', 'ping', 'ping', 'ping']);
});

test('ChannelSocket does not judge a peer that takes nothing', () => {
  fake.bufferedAmount = 1;
  vi.advanceTimersByTime(200_000);
  expect(fake.done).not.toContain('terminate');
});

test('ChannelSocket reads again only when no reader is full', () => {
  const [first, second] = [{}, {}];
  socket.hold(first);
  socket.hold(second);
  socket.release(first);
  expect(fake.done).toEqual(['pause']);
  socket.release(second);
  expect(fake.done).toEqual(['pause', 'resume']);
});
