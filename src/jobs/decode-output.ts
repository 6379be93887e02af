import type { OutputListener } from '../sandbox/sandbox.ts';

const create = () => new TextDecoder('utf-8', { ignoreBOM: true });

/** Decodes output as it comes into whole characters; never makes the script wait. */
export function decodeOutput(tell: (stream: 'stdout' | 'stderr', text: string) => void): {
  readonly take: OutputListener;
  /** Tells of an incomplete last character, as U+FFFD. */
  end(): void;
} {
  const decoders = { stdout: create(), stderr: create() };
  const pass = (stream: 'stdout' | 'stderr', text: string): void => {
    if (text !== '') tell(stream, text);
  };
  return {
    take: (stream, chunk) => pass(stream, decoders[stream].decode(chunk, { stream: true })),
    end: () => {
      for (const stream of ['stdout', 'stderr'] as const) pass(stream, decoders[stream].decode());
    },
  };
}
