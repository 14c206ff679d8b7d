export type Ledger<T extends object> = ReturnType<typeof createLedger<T>>;

/** The bytes of what several may hold at once: each thing counts once, from the first who holds it to the last. */
export function createLedger<T extends object>(bytesOf: (item: T) => number) {
  const holders = new Map<T, number>();
  let bytes = 0;
  return {
    hold(item: T): void {
      const before = holders.get(item) ?? 0;
      if (before === 0) bytes += bytesOf(item);
      holders.set(item, before + 1);
    },
    release(item: T): void {
      const before = holders.get(item);
      if (before === undefined) return;
      if (before > 1) holders.set(item, before - 1);
      else {
        holders.delete(item);
        bytes -= bytesOf(item);
      }
    },
    bytes: () => bytes,
  };
}
