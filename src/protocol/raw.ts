import type { Config } from '../config/fields';
import type { SiteName } from '../config/sites';
import type { Batch } from '../lib/batch';

/** Tensors by what they are of: sites, their gradients, parameters, theirs. */
export const TENSOR_KINDS = ['values', 'gradients', 'params', 'paramGradients'] as const;
export type TensorKind = (typeof TENSOR_KINDS)[number];

/** A tensor as it left the device, row by row. */
export interface RawTensor {
  shape: readonly number[];
  data: Float32Array;
}

/** The buffers that tensors lie in, which are handed over instead of copied. */
export const buffersOf = (raw: Pick<Raw, TensorKind>): ArrayBuffer[] => [
  ...new Set(
    TENSOR_KINDS.flatMap((kind) =>
      Object.values(raw[kind]).map(({ data }) => data.buffer as ArrayBuffer),
    ),
  ),
];

/** Names of the tensors that an engine is asked for, of the step at which its model stands. */
export interface RawRequest {
  /** The signal at these sites. */
  values: readonly SiteName[];
  /** The gradient of the loss at these sites. Where none is asked for, there is no backward pass. */
  gradients: readonly SiteName[];
  /** Tensors of a weights file: parameters as they are kept, running statistics. */
  params: readonly string[];
  /** The gradient of the loss with respect to these parameters. */
  paramGradients: readonly string[];
  /** Of scores and patterns [B, H, T, T] the sequence that is handed over, as [H, T, T]. */
  sequence: number;
}

/** The tensors that were asked for; a name that the model has not is left out. */
export interface Raw extends Record<TensorKind, Record<string, RawTensor>> {
  step: number;
  config: Config;
  batch: Batch | null;
}
