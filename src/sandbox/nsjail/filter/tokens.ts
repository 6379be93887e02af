/** A mistake in a policy, or something that only the full language of kafel has. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';

  constructor(line: number, problem: string) {
    super(`line ${line}: ${problem}`);
  }
}

interface Token {
  readonly text: string;
  readonly line: number;
}

/** A name, a number, an operator of two signs, or any other sign. */
const TOKEN = /[A-Za-z_]\w*|\d\w*|&&|\|\||[=!]=|\S/g;
const NAME = /^[A-Za-z_]\w*$/;
const NUMBER = /^(?:0|[1-9]\d{0,19}|0[xX][\dA-Fa-f]{1,16})$/;
const DEFINITION = /^#define ([A-Za-z_]\w*) (\w+)$/;
const MAX_NUMBER = 2n ** 64n - 1n;

export const isName = (text: string): boolean => NAME.test(text);

/** Reads a number of at most 64 bits. */
export function readNumber({ text, line }: Token): bigint {
  const number = NUMBER.test(text) ? BigInt(text) : MAX_NUMBER + 1n;
  if (number > MAX_NUMBER)
    throw new PolicyError(line, `${text} is no decimal or hexadecimal number of 64 bits.`);
  return number;
}

/** The tokens of a policy in turn, and the constants that it defines. */
export class Tokens {
  readonly constants = new Map<string, bigint>();
  readonly #tokens: Token[] = [];
  #next = 0;
  #line = 1;

  constructor(text: string) {
    for (const [index, line] of text.split('\n').entries()) {
      this.#line = index + 1;
      const code = (line.split('//', 1)[0] ?? '').trimEnd();
      if (code.startsWith('#')) this.#define(code);
      else for (const [token] of code.matchAll(TOKEN)) this.#tokens.push({ text: token, line: this.#line });
    }
  }

  #define(code: string): void {
    const [, name, text] = DEFINITION.exec(code) ?? [];
    if (name === undefined || text === undefined) throw this.error(`${code} is not understood.`);
    if (this.constants.has(name)) throw this.error(`${name} is defined twice.`);
    this.constants.set(name, readNumber({ text, line: this.#line }));
  }

  /** The token after the next one, or '' at the end. */
  peek(ahead = 0): string {
    return this.#tokens[this.#next + ahead]?.text ?? '';
  }

  /** Takes the next token. */
  take(): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw this.error('The policy ends too early.');
    this.#next += 1;
    this.#line = token.line;
    return token;
  }

  takeName(): string {
    const { text } = this.take();
    if (!isName(text)) throw this.error(`${text} is no name.`);
    return text;
  }

  expect(text: string): void {
    const token = this.take();
    if (token.text !== text) throw this.error(`${token.text} is not understood: ${text} belongs here.`);
  }

  /** Takes the next token if it is this one. */
  takeIf(text: string): boolean {
    if (this.peek() !== text) return false;
    this.take();
    return true;
  }

  /** Takes a number, or a constant by its name. */
  takeNumber(): bigint {
    const token = this.take();
    if (!isName(token.text)) return readNumber(token);
    const value = this.constants.get(token.text);
    if (value === undefined) throw this.error(`${token.text} is not defined.`);
    return value;
  }

  /** An error in the line of the token that was taken last. */
  error(problem: string): PolicyError {
    return new PolicyError(this.#line, problem);
  }
}
