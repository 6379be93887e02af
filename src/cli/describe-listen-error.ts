/** Failure of `listen`, with the address and the port that were asked for. */
export interface ListenFailure {
  readonly code?: string | undefined;
  readonly address: string;
  readonly port: number;
}

/** Says why a service cannot listen, and what to do about it. */
export function describeListenError({ code = 'unknown', address, port }: ListenFailure): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} of ${address} is in use: end what listens there (\`ss -ltnp\` names it), or take another port, with --port or BRIG_PORT.`;
    case 'EACCES':
      return `Port ${port} is for root alone: take one above 1023, with --port or BRIG_PORT.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${address}: name one of its own in BRIG_HOST.`;
    default:
      return `Brig cannot listen on ${address}:${port} (${code}).`;
  }
}

export const isListenError = (
  error: unknown,
): error is NodeJS.ErrnoException & { readonly address: string; readonly port: number } =>
  error instanceof Error && 'syscall' in error;
