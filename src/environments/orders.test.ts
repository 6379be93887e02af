import { expect, it } from 'vitest';
import { Refusal } from '../core/contract/refusal.ts';
import { toFolderOrder } from './orders.ts';

const folder = { folder: '/srv/packages', preload: [] };

it('orders the packages of a folder for Python unless a runtime is named', () => {
  expect(toFolderOrder({ ...folder, name: 'maps' })).toEqual({ ...folder, name: 'maps', runtime: 'python' });
  expect(toFolderOrder({ ...folder, name: 'maps', runtime: 'node' })).toMatchObject({ runtime: 'node' });
  expect(toFolderOrder({ ...folder, name: 'default' })).toMatchObject({ name: 'default' });
});

it.each([
  { name: 'plain' },
  { name: 'default', runtime: 'node' as const },
  { name: '../maps' },
  { name: '' },
])('refuses a folder for the name $name', (order) => {
  expect(() => toFolderOrder({ ...folder, ...order })).toThrow(Refusal);
});
