import { expect, it } from 'vitest';
import { suggestForDisplay } from './displays.ts';

const wanted = /no screen here: .*figures come back by themselves/;

it.each([
  ['ImportError', 'Failed to import any of the following Qt binding modules: PyQt6, PySide6, PyQt5, PySide2'],
  ['ImportError', 'The GTK4 backends require PyGObject'],
  ['RuntimeError', 'The WebAgg backend requires Tornado.'],
])('%s: %s', (type, message) => {
  const report = { kind: 'runtime_error', type, message, memory: false } as const;
  expect(suggestForDisplay(report).join()).toMatch(wanted);
});

it.each([
  ['tkinter', true],
  ['ipykernel', true],
  ['numpy', false],
])('a missing %s', (name, isDisplay) => {
  const report = { kind: 'runtime_error', type: 'ModuleNotFoundError', message: '', memory: false } as const;
  const suggestions = suggestForDisplay({ ...report, missing: { what: 'module', name, candidates: [] } });
  expect(suggestions).toHaveLength(isDisplay ? 1 : 0);
});
