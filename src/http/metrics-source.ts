/** Measurements of the service as text. */
export interface MetricsSource {
  readonly contentType: string;
  /** Reads all measurements; calls at the same time share one reading. */
  text(): Promise<string>;
}
