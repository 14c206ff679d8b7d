/*
 * The rows that kernels of statistics give, in their order. Every width of a result is the length of such a list.
 */

export const MOMENTS = ['rms', 'mean', 'absmax', 'kurtosis'] as const;
/** Of tokens, after their moments. */
export const TOKEN_MOMENTS = [
  'outlier',
  'token_cosine',
  'rms_typical',
  'rms_first',
  'rms_rest',
] as const;
export const HEAD_MOMENTS = ['entropy', 'max_logit', 'sink', 'distance'] as const;
export const OUTPUT_MOMENTS = ['logit_rms', 'output_entropy', 'accuracy', 'ece'] as const;
export const DISCREPANCY = ['mean_tid', 'var_tid'] as const;

/**
 * The number of rows that loop, WebAssembly and WGSL write by hand at fixed offsets. Naming them keeps a longer list
 * from compiling before somebody has been at these forms.
 */
export const written = <Rows extends readonly string[]>(...rows: Rows): number => rows.length;
