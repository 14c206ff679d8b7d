import type { FlatLayout } from '../model/flat';
import type { MatrixPlace } from '../optim/muon';

/** The matrices of linear maps in blocks, by name; embeddings, and what norms have, are none. */
const LINEAR = /^blocks\.\d+\.(attn\.w[qkvo]|mlp\.w_(in|out|gate))$/;

/** Where they are in the vector of parameters. */
export const blockMatrices = ({ specs, starts }: FlatLayout): MatrixPlace[] =>
  specs.flatMap(({ name, shape }, i) =>
    LINEAR.test(name) ? [{ start: starts[i]!, shape: shape as [number, number] }] : [],
  );
