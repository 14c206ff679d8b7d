/** What a table has of a step: a number for each of its names. */
export interface Row {
  step: number;
  values: Float32Array;
}
