import type { FlatLayout } from '../model/flat';
import type { MatrixPlace } from '../optim/muon';

/** Where the matrices of linear maps in blocks are in the vector of parameters. */
export const blockMatrices = ({ specs, starts }: FlatLayout): MatrixPlace[] =>
  specs.flatMap(({ kind, shape }, i) =>
    kind === 'matrix' ? [{ start: starts[i]!, shape: shape as [number, number] }] : [],
  );
