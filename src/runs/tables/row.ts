/** The numbers of a step in a table, one for each of its names. */
export interface Row {
  step: number;
  values: Float32Array;
}
