import type { Run } from '../claim';
import { defineClaim, said } from '../define';
import { linkTo } from '../links';
import { PAPERS } from '../papers';
import { byLayer, meanSquares } from '../read';

const MATRICES = ['attn.wq', 'attn.wk', 'attn.wv', 'attn.wo', 'mlp.w_in', 'mlp.w_out'];

/** The largest |V_l/V_0 − 1|: 0 where every layer is the identity. */
function departure(run: Run): number {
  const V = meanSquares(run);
  return Math.max(...V.map((v) => Math.abs(v / V[0]! - 1)));
}
/** The largest gradient of any matrix of the blocks. */
const largestGradient = (run: Run): number =>
  Math.max(...MATRICES.flatMap((name) => byLayer(run, `${name}/param_grad_rms`)));
/** Scales of a block: ReZero has one for the layer, SkipInit one for each branch. */
const SCALES = {
  rezero: ['residual_scale'],
  skipinit: ['attn.residual_scale', 'mlp.residual_scale'],
} as const;
/** The least gradient of any of these scales. */
const leastGradient = (run: Run, scales: readonly string[]): number =>
  Math.min(...scales.flatMap((name) => byLayer(run, `${name}/param_grad_rms`)));

export const IDENTITY = defineClaim({
  id: 'rezero-identity',
  title:
    'With ReZero and SkipInit every block is the identity at first, and of its matrices and scales only the scales have a gradient',
  source: PAPERS.bachlechner,
  figure: 'eq. 2; and De, Smith 2020 (SkipInit)',
  phenomena: ['magnitude', 'gradient'],
  links: [
    linkTo({
      settings: { n_layers: 24, placement: 'none' },
      lanes: [{ residual_scale: 'rezero' }, { residual_scale: 'skipinit' }, {}],
      magnitude: 'rms@resid_post',
      gradient: 'param_grad_rms@residual_scale',
    }),
  ],
  lanes: ['ReZero', 'SkipInit', 'no norm, no scale'],
  seeds: 2,
  steps: [0],
  measure: ([rezero, skipinit, plain]) => ({
    'largest |V_l/V_0 − 1|, ReZero': departure(rezero),
    'largest |V_l/V_0 − 1|, SkipInit': departure(skipinit),
    'ln of V_24/V_0, neither': Math.log(meanSquares(plain).at(-1)! / meanSquares(plain)[0]!),
    'largest gradient of a matrix, ReZero': largestGradient(rezero),
    'largest gradient of a matrix, SkipInit': largestGradient(skipinit),
    'least gradient of a scale, ReZero': leastGradient(rezero, SCALES.rezero),
    'least gradient of a scale, SkipInit': leastGradient(skipinit, SCALES.skipinit),
  }),
  predicate(measured) {
    const isIdentity =
      measured['largest |V_l/V_0 − 1|, ReZero'].mean === 0 &&
      measured['largest |V_l/V_0 − 1|, SkipInit'].mean === 0;
    const onlyScales =
      measured['largest gradient of a matrix, ReZero'].mean === 0 &&
      measured['largest gradient of a matrix, SkipInit'].mean === 0 &&
      measured['least gradient of a scale, ReZero'].mean > 0 &&
      measured['least gradient of a scale, SkipInit'].mean > 0;
    if (isIdentity && onlyScales) return 'yes';
    return isIdentity ? 'direction' : 'no';
  },
  published:
    'x + α·f(x) with α = 0 at first: signals of all depths pass unchanged, and at step 0 α alone of a block has a gradient',
  says: (measured) =>
    `the mean square of the stream departs from that at first by at most ${said(measured['largest |V_l/V_0 − 1|, ReZero'])} of it in 24 layers of ReZero and ${said(measured['largest |V_l/V_0 − 1|, SkipInit'])} of SkipInit; matrices of the blocks have gradients of at most ${said(measured['largest gradient of a matrix, ReZero'])} and ${said(measured['largest gradient of a matrix, SkipInit'])}, the least of the scales one of ${said(measured['least gradient of a scale, ReZero'])} and ${said(measured['least gradient of a scale, SkipInit'])} in the mean over seeds; without scales it grows by e to the ${said(measured['ln of V_24/V_0, neither'])}`,
  note: 'Exact, so two seeds are enough. Asked for are departures and gradients of matrices of 0 and gradients of scales above 0, in both lanes. Vectors (biases) are not looked at, nor is the embedding and what reads the stream out, which learn from the first step on. That deep stacks then train is a claim about training.',
  picture: { quantity: 'resid_post/rms', along: 'layer', scale: 'log', isSquared: true },
});

export const LAYERSCALE = defineClaim({
  id: 'layerscale-near-identity',
  title: 'LayerScale begins each block near the identity, the nearer the deeper the stack',
  source: PAPERS.touvron,
  figure: 'section 2.1: λ = 0.1 up to 18 layers, 10⁻⁵ up to 24, 10⁻⁶ deeper',
  phenomena: ['magnitude'],
  links: [
    linkTo({
      settings: { placement: 'pre' },
      lanes: [
        { n_layers: 18, residual_scale: 'layerscale' },
        { n_layers: 24, residual_scale: 'layerscale' },
        { n_layers: 24 },
      ],
      magnitude: 'rms@resid_post',
    }),
  ],
  lanes: ['18 layers', '24 layers', '24 layers of pre-LN'],
  seeds: 4,
  steps: [0],
  measure: ([shallow, deep, plain]) => ({
    'largest |V_l/V_0 − 1|, λ = 0.1': departure(shallow),
    'largest |V_l/V_0 − 1|, λ = 10⁻⁵': departure(deep),
    'largest |V_l/V_0 − 1|, pre-LN': departure(plain),
  }),
  predicate(measured) {
    const shallow = measured['largest |V_l/V_0 − 1|, λ = 0.1'].mean;
    const deep = measured['largest |V_l/V_0 − 1|, λ = 10⁻⁵'].mean;
    const plain = measured['largest |V_l/V_0 − 1|, pre-LN'].mean;
    if (shallow < 0.3 && deep < 1e-3 && plain > 1) return 'yes';
    return shallow < plain && deep < plain ? 'direction' : 'no';
  },
  published: 'blocks begin close to the identity, and closer in deeper stacks, which then train',
  says: (measured) =>
    `the mean square of the stream departs from that at first by at most ${said(measured['largest |V_l/V_0 − 1|, λ = 0.1'])} of it over 18 layers and by ${said(measured['largest |V_l/V_0 − 1|, λ = 10⁻⁵'])} over 24; pre-LN’s by ${said(measured['largest |V_l/V_0 − 1|, pre-LN'])}`,
  note: 'The paper gives the values and shows that they train; near is under 30 % at λ = 0.1 (18 layers of λ² × 2 branches would be 36 % of V_0 = 1, and V_0 is 2 here) and under 0.1 % at 10⁻⁵.',
  picture: { quantity: 'resid_post/rms', along: 'layer', scale: 'log', isSquared: true },
});
