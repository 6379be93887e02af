import type { PolicyFinding } from '../../contract/policy/policy.ts';
import type { PolicyRuleName } from '../../contract/policy/rules.ts';

/** Harmless alternatives, by the beginning of a finding's name; the first match counts. */
const alternatives: readonly (readonly [name: RegExp, instead: string])[] = [
  [/^eval$/, 'Instead of eval(): ast.literal_eval() reads Python values, json.loads() reads JSON'],
  [/^(exec|compile)$/, 'Instead of exec(): write the code as a function, and call it'],
  [/^(globals|locals|vars)$/, 'Instead of globals() and its like: keep values in a dict of your own'],
  [/^(pickle|marshal|shelve)\b/, 'Instead of pickle: json reads data without running code'],
  [
    /^(subprocess|pty|posix|os\.(system|popen|exec|spawn|posix_spawn|fork)|asyncio\.create_subprocess)/,
    'Instead of starting a program: do it in Python; no other program is there',
  ],
  [/^(ctypes|cffi)\b/, 'Instead of native code: use a module of the standard library'],
];

const byRule: Readonly<Record<PolicyRuleName, string>> = {
  denied_module: 'Do without the modules that are denied, or ask for a policy that allows them',
  denied_function: 'Do without the functions that are denied',
  dangerous_builtin: 'Say in code what the text would have said',
  internal_attribute:
    "Leave the interpreter's insides alone: type(), isinstance() and dataclasses say what a value is",
  dynamic_import: 'Import modules by an import statement, which names them',
  unreadable_source: 'Look for a syntax error there; the policy mode "off" shows what CPython says of it',
  not_analysed: 'Make the script smaller, and pass its data as args or stdin; or send it again later',
};

/** Returns the alternative for each finding, without repetition. */
export function suggestForPolicy(findings: readonly PolicyFinding[]): string[] {
  const own = findings.map(
    ({ rule, name }) => alternatives.find(([pattern]) => pattern.test(name))?.[1] ?? byRule[rule],
  );
  return [...new Set(own)];
}
