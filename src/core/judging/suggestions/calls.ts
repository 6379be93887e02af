/**
 * Returns suggestions about arguments that do not fit the entry function; empty when the message is about another
 * function.
 */
export function suggestForArguments(message: string, functionName: string): string[] {
  if (!message.startsWith(`${functionName}() `)) return [];
  const complaint = message.slice(functionName.length + 3);
  const names = [...complaint.matchAll(/'([^']+)'/g)].map(([, name = '']) => name);
  if (/^missing \d+ required keyword-only/.test(complaint)) {
    return [`Send "kwargs": {${fill(names)}} in the request, or give ${list(names)} a default`];
  }
  if (complaint.startsWith('missing ')) {
    return [
      `Send "args": [${names.map(() => '…').join(', ')}] or "kwargs": {${fill(names)}} in the request`,
      `Or give ${list(names)} a default: def ${functionName}(${names.map((name) => `${name}=None`).join(', ')})`,
    ];
  }
  if (/^got (some positional-only arguments|an unexpected keyword)/.test(complaint)) {
    return [
      `Remove ${list(names)} from the "kwargs" of the request, or add the parameter to ${functionName}()`,
    ];
  }
  if (complaint.startsWith('got multiple values')) {
    return [`Send ${list(names)} in "args" or in "kwargs" of the request, not in both`];
  }
  return complaint.startsWith('takes ')
    ? [`Send as many "args" as ${functionName}() has parameters, or add a parameter (*args takes any number)`]
    : [];
}

const fill = (names: readonly string[]): string => names.map((name) => `"${name}": …`).join(', ');
const list = (names: readonly string[]): string => names.join(' and ');

/**
 * Matches both texts in this order; a pattern with `.*` between them would restart at each occurrence of the first.
 */
const both =
  (one: string, other: string) =>
  (message: string): boolean => {
    const at = message.indexOf(one);
    return at >= 0 && message.includes(other, at + one.length);
  };

/** TypeErrors within the script, by message. */
const slips: readonly (readonly [RegExp | ((message: string) => boolean), string])[] = [
  [/'coroutine'|coroutine was expected/, 'Write `await` in front of the call of an async function'],
  [/can only concatenate str|must be str, not/, 'Convert to text first: str(value), or an f-string'],
  [
    both('unsupported operand type', "'NoneType'"),
    'Check for None first: a function without a return gives None',
  ],
  [
    /unsupported operand type|not supported between/,
    'Convert both sides to one type: int(value), str(value)',
  ],
  [/'NoneType' object is not/, 'Check for None first: a function without a return gives None'],
  [/'NoneType'/, 'Check for None first: a function without a return gives None'],
  [/'(int|float)' object is not iterable/, 'Loop over range(number), or over a list'],
  [
    /object is not iterable|has no len\(\)|is not subscriptable/,
    'Check what the value is: print(type(value))',
  ],
  [/missing \d+ required/, 'Pass the arguments that the message names where the function is called'],
  [/ but \d+ (was|were) given/, 'Compare the call with the parameters; a method takes `self` first'],
  [/unexpected keyword argument/, 'Compare the call with the parameters of the function'],
  [/object is not callable/, 'Look for a variable that bears the name of a function, such as list or str'],
  [/is not JSON serializable/, 'Give json.dumps a default: json.dumps(value, default=str)'],
  [/unhashable type/, 'Use a tuple or a frozenset as key or member of a set'],
];

/** Returns suggestions about a TypeError that is not about the entry function. */
export function suggestForTypes(message: string): string[] {
  const slip = slips.find(([fits]) => (fits instanceof RegExp ? fits.test(message) : fits(message)));
  return slip === undefined ? [] : [slip[1]];
}
