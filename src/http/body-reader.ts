/** Reads bodies of one shape, on the event loop or on the thread for large bodies. */
export interface BodyReader<Value, Rules> {
  /** Unique name, by which the thread finds the reader. */
  readonly name: string;
  /** Returns plain data, which can pass between threads. @throws Refusal */
  readonly read: (body: Uint8Array, rules: Rules) => Value;
}
