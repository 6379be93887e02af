import { expect, it } from 'vitest';
import { describeListenError } from './describe-listen-error.ts';

it.each([
  ['EADDRINUSE', /^Port 80 of 127\.0\.0\.1 is in use: .* --port or BRIG_PORT\.$/],
  ['EACCES', /^Port 80 is for root alone/],
  ['EADDRNOTAVAIL', /^This machine has no address 127\.0\.0\.1/],
  ['EMFILE', /^Brig cannot listen on 127\.0\.0\.1:80 \(EMFILE\)\.$/],
  [undefined, /\(unknown\)\.$/],
])('%s has a remedy', (code, words) => {
  expect(describeListenError({ code, address: '127.0.0.1', port: 80 })).toMatch(words);
});
