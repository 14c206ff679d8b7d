/** The bars that stand at a depth, in their order. */
export const valuesIn = <T extends { at: number }>(bars: readonly T[], at: number): T[] =>
  bars.filter((bar) => bar.at === at);
