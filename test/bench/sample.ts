/** One training step, timed and counted. What an engine or backend does not have is left out. */
export interface Sample {
  /** Wall time until the result is there. */
  stepMs: number;
  /** The part of it that was not spent waiting for the device. */
  jsMs?: number;
  /** The loss before the update, in nats. */
  loss?: number;
  dispatches?: number;
  submits?: number;
  readbackBytes?: number;
}
