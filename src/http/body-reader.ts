/** Reads bodies of one shape: small ones on the event loop, the others on the thread for large ones. */
export interface BodyReader<Value, Rules> {
  /** Names it to the thread; no other reader has the same. */
  readonly name: string;
  /** Gives plain data, which one thread can hand to another. @throws Refusal */
  readonly read: (body: Uint8Array, rules: Rules) => Value;
}
