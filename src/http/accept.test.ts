import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { wantsEvents } from './accept.ts';

const app = new Hono().get('/', (c) => c.text(wantsEvents(c) ? 'events' : 'json'));

describe('wantsEvents', () => {
  it.each([
    ['text/event-stream', 'events'],
    ['Text/Event-Stream', 'events'],
    ['text/event-stream; charset=utf-8', 'events'],
    ['text/event-stream, */*', 'events'],
    ['text/event-stream, application/json;q=0.9', 'events'],
    ['application/json;q=0.5, text/event-stream;q=0.6', 'events'],
    ['text/event-stream, application/json', 'events'],
    ['text/*', 'events'],
    ['text/*;q=0.1, application/json;q=0', 'events'],
    [undefined, 'json'],
    ['', 'json'],
    ['*/*', 'json'],
    ['application/json', 'json'],
    ['application/*', 'json'],
    ['application/json, text/event-stream', 'json'],
    ['text/event-stream;q=0.5, application/json', 'json'],
    ['text/event-stream;q=0.5, */*', 'json'],
    ['text/event-stream;q=0', 'json'],
    ['text/event-stream;q=0, text/*', 'json'],
    ['text/html, application/xhtml+xml, */*;q=0.8', 'json'],
    ['image/png', 'json'],
    [';;,q=,text', 'json'],
  ])('%s: %s', async (accept, wanted) => {
    const response = await app.request('/', { headers: accept === undefined ? {} : { accept } });
    expect(await response.text()).toBe(wanted);
  });
});
