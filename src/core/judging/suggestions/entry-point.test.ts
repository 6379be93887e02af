import { expect, it } from 'vitest';
import { suggestEntryPoint } from './entry-point.ts';

const asScript = 'Send "mode": "script": the script starts itself below `if __name__ == "__main__"`';

it.each([
  [['run'], "def run():\n    print(1)\n\nif __name__ == '__main__':\n    run()\n"],
  [[], 'print(1)\nif __name__ == "__main__":\n    print(2)\n'],
  [[], "print(1)\nif __name__=='__main__': print(2)\n"],
])('a script that starts itself is one: %j', (functions, script) => {
  const suggestions = suggestEntryPoint({ wanted: 'main', functions, script });
  expect(suggestions[0]).toBe(asScript);
  expect(suggestions).not.toContain('Run the file as it is with "mode": "script"');
});

it('a script that does not is not', () => {
  expect(suggestEntryPoint({ wanted: 'main', functions: ['run'], script: 'def run(): pass' })).not.toContain(
    asScript,
  );
});
