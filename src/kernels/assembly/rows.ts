import { add } from './elementwise';

/** y_n = table[ids_n] + added[n mod T]. table: [V, D], ids: [N] int32, added: [T, D] or 0, y: [N, D]. */
export function embedding(
  y: usize,
  table: usize,
  ids: usize,
  added: usize,
  N: i32,
  D: i32,
  T: i32,
): void {
  const bytes = D << 2;
  for (let n = 0; n < N; n++) {
    const row = table + load<i32>(ids + (n << 2)) * bytes;
    if (added) add(y, row, added + (n % T) * bytes, D, false);
    else memory.copy(y, row, bytes);
    y += bytes;
  }
}

/** Σ dy by the row of the table, [V, D], and of `added`, [T, D] or 0, that each came from. dy: [N, D]. */
export function embeddingGradient(
  dtable: usize,
  dadded: usize,
  dy: usize,
  ids: usize,
  N: i32,
  D: i32,
  V: i32,
  T: i32,
): void {
  const bytes = D << 2;
  memory.fill(dtable, 0, V * bytes);
  if (dadded) memory.fill(dadded, 0, T * bytes);
  for (let n = 0; n < N; n++) {
    const row = dtable + load<i32>(ids + (n << 2)) * bytes;
    add(row, row, dy, D, false);
    if (dadded) {
      const place = dadded + (n % T) * bytes;
      add(place, place, dy, D, false);
    }
    dy += bytes;
  }
}
