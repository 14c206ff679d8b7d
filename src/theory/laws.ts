import type { Config } from '../config/fields';
import type { NormId } from '../config/norms';
import type { Statistic } from '../config/quantity';

/*
 * The laws of docs/theory.md as the page shows them. K_st is the covariance of one feature of tokens s and t, Γ_st that
 * of a gradient; s and t count the n tokens of a sequence.
 */

/** A step of a derivation, in words and in TeX. */
export interface Step {
  text: string;
  /** KaTeX. */
  formula?: string;
}

/** A law of one part of the model: of its signal, of the gradient that comes back through it, and whose they are. */
export interface Law {
  forward?: Step;
  backward?: Step;
  sources?: readonly string[];
}

const TEX = String.raw;

export const OURS = 'Ours: derived in docs/theory.md.';
export const MEAN_FIELD =
  'Poole et al. 2016, Exponential expressivity in deep neural networks through transient chaos: covariances of wide random networks';
export const INDEPENDENCE =
  'Schoenholz et al. 2017, Deep Information Propagation: the matrices on the way back taken for independent of those on the way forward';

const XIONG = 'Xiong et al. 2020, On Layer Normalization in the Transformer Architecture';
const KEDIA = 'Kedia et al. 2024, Transformers Get Stable';
const HRON = 'Hron et al. 2020, Infinite attention: NNGP and NTK for deep attention networks';
const CHO = 'Cho, Saul 2009, Kernel Methods for Deep Learning';
const DANIELY = 'Daniely, Frostig, Singer 2016, Toward Deeper Understanding of Neural Networks';
const NOCI = 'Noci et al. 2022, Signal Propagation in Transformers';

/** The numbers that are read off a covariance. */
export const READINGS: Partial<Record<Statistic, string>> = {
  rms: TEX`\mathrm{rms}^2 = \tfrac1n\textstyle\sum_t K_{tt}`,
  token_cosine: TEX`\overline{\cos} = \mathop{\mathrm{mean}}_{s \ne t} \frac{K_{st}}{\sqrt{K_{ss} K_{tt}}}`,
  grad_rms: TEX`\mathrm{grad\_rms}^2 = \tfrac1n\textstyle\sum_t \Gamma_{tt}`,
  param_grad_rms: TEX`\overline{(\partial \mathcal L/\partial W)^2} = \textstyle\sum_{st} K_{st}\,\Gamma_{st}`,
};

const onToken = (size: string, sources: string[]): Law => ({
  forward: {
    text: 'A norm divides every token by its own size.',
    formula: TEX`\mathcal N[K]_{st} = \frac{K_{st}}{\sigma_s \sigma_t},\quad ${size}`,
  },
  backward: {
    text: 'The gradient is divided by the same size.',
    formula: TEX`\mathcal N^*[\Gamma]_{st} = \frac{\Gamma_{st}}{\sigma_s \sigma_t}`,
  },
  sources,
});

const LAYER_NORM = [
  `${XIONG}: the Jacobian of LayerNorm is √d over the norm of its input`,
  `${KEDIA}: × 1/σ², and × (1 − 2/d) at finite width`,
];
const layerNorm = onToken(TEX`\sigma_t^2 = K_{tt} - \mu_t^2 + \epsilon`, LAYER_NORM);
const rmsNorm = onToken(TEX`\sigma_t^2 = K_{tt} + \epsilon`, LAYER_NORM);
const YANG =
  'Yang et al. 2019, A Mean Field Theory of Batch Normalization: gradients lose what all tokens have in common, and grow by π/(π − 1) a layer with ReLU';
const DERF: Step = {
  text: 'A function of every number alone: a mean over two correlated normals.',
  formula: TEX`\mathcal N[K]_{st} = \mathbb E\,\phi(u_s)\phi(u_t),\quad u \sim \mathcal N(0, K)`,
};
const pointwise: Law = {
  forward: DERF,
  backward: {
    text: 'The gradient is multiplied by the slopes at both tokens.',
    formula: TEX`\mathcal N^*[\Gamma]_{st} = \Gamma_{st}\;\mathbb E\,\phi'(u_s)\phi'(u_t)`,
  },
  sources: [MEAN_FIELD],
};

/** Of the norms that have a law; an identity needs none. */
export const NORM_LAWS: Partial<Record<NormId, Law>> = {
  layernorm: layerNorm,
  adaptive: layerNorm,
  rmsnorm: rmsNorm,
  seednorm: rmsNorm,
  scalenorm: onToken(TEX`\sigma_t = \max(\sqrt{K_{tt}}, \epsilon/\sqrt d)`, LAYER_NORM),
  batchnorm: {
    forward: {
      text: 'BatchNorm takes off what all tokens of the batch have in common, and divides by what is left.',
      formula: TEX`\mathcal N[K] = \frac{HKH}{\mathrm{mean}_t (HKH)_{tt} + \epsilon},\quad H = I - \tfrac1n \mathbf 1 \mathbf 1^\top`,
    },
    backward: {
      text: 'So it does to the gradient.',
      formula: TEX`\mathcal N^*[\Gamma] = \frac{H\Gamma H}{\mathrm{mean}_t (HKH)_{tt} + \epsilon}`,
    },
    sources: [YANG],
  },
  powernorm: {
    forward: {
      text: 'PowerNorm divides by the mean square over the tokens of the batch.',
      formula: TEX`\mathcal N[K] = \frac{K}{\mathrm{mean}_t K_{tt} + \epsilon}`,
    },
    backward: {
      text: 'So it does to the gradient.',
      formula: TEX`\mathcal N^*[\Gamma] = \frac{\Gamma}{\mathrm{mean}_t K_{tt} + \epsilon}`,
    },
    sources: [OURS],
  },
  dyt: pointwise,
  derf: pointwise,
};

/** By Mehler's formula. */
const byHermite = (phi: string): Law => ({
  forward: {
    text: 'The activation of two correlated normals, expanded in Hermite polynomials; r is their correlation.',
    formula: TEX`\mathbb E\,\phi(u_s)\phi(u_t) = \sum_k c_k(\sigma_s)\,c_k(\sigma_t)\,r^k,\quad c_k(\sigma) = \mathbb E\,\phi(\sigma z)h_k(z),\quad \phi(u) = ${phi}`,
  },
  backward: {
    text: 'The gradient is multiplied by the same of the slope.',
    formula: TEX`\Gamma_{st} \to \Gamma_{st}\;\mathbb E\,\phi'(u_s)\phi'(u_t)`,
  },
  sources: [`${DANIELY}: dual activations`, MEAN_FIELD],
});

const gated = (phi: string): Law => {
  const { sources } = byHermite(phi);
  return {
    forward: {
      text: 'The gate is independent of what it lets through, so that both multiply.',
      formula: TEX`\mathbb E[\phi(u_s)\phi(u_t)]\;\mathbb E[w_s w_t],\quad \phi(u) = ${phi}`,
    },
    backward: {
      text: 'Each half gets the gradient times the kernel of the other.',
      formula: TEX`\Gamma^w = \Gamma \odot \mathbb E[\phi\phi^\top],\quad \Gamma^u = \Gamma \odot \mathbb E[\phi'\phi'^\top] \odot \mathbb E[ww^\top]`,
    },
    sources: [...sources!, OURS],
  };
};

const GELU = TEX`u\,\Phi(u)`;
const GELU_TANH = TEX`\tfrac u2\bigl(1 + \tanh\sqrt{2/\pi}\,(u + 0.0447\,u^3)\bigr)`;
const SILU = TEX`\frac{u}{1 + e^{-u}}`;

export const ACTIVATION_LAWS: Record<Config['activation'], Law> = {
  relu: {
    forward: {
      text: 'ReLU of two normals of correlation r: the arc-cosine kernel of degree 1.',
      formula: TEX`\mathbb E\,\phi(u_s)\phi(u_t) = \tfrac12 \sigma_s \sigma_t\,\kappa(r),\quad \kappa(r) = \tfrac1\pi\bigl[\sqrt{1 - r^2} + r(\pi - \arccos r)\bigr]`,
    },
    backward: {
      text: 'Two tokens are let through together as often as the kernel of degree 0 says.',
      formula: TEX`\Gamma_{st} \to \Gamma_{st}\,\bigl(\tfrac14 + \tfrac{1}{2\pi}\arcsin r\bigr)`,
    },
    sources: [CHO],
  },
  relu2: {
    forward: {
      text: 'ReLU² of two normals of correlation r: the arc-cosine kernel of degree 2, θ = arccos r.',
      formula: TEX`\mathbb E\,\phi(u_s)\phi(u_t) = \frac{\sigma_s^2\sigma_t^2}{2\pi}\bigl[3\sin\theta\cos\theta + (\pi - \theta)(1 + 2\cos^2\theta)\bigr]`,
    },
    backward: {
      text: 'Its slope is twice ReLU: four times the kernel of degree 1.',
      formula: TEX`\Gamma_{st} \to \Gamma_{st}\cdot 2\,\sigma_s\sigma_t\,\kappa(r)`,
    },
    sources: [CHO],
  },
  gelu: {
    forward: {
      text: 'GELU of two normals of variances a, b and covariance c, in closed form: A = 1 + a, B = 1 + b, s² = AB − c², P the chance that both normals of covariance (A, c, B) are positive, q = 1/A + 1/B − 1.',
      formula: TEX`\mathbb E\,\phi(u_s)\phi(u_t) = cP + \frac{ab + qc^2}{2\pi s},\quad P = \tfrac14 + \tfrac{1}{2\pi}\arcsin\tfrac{c}{\sqrt{AB}}`,
    },
    backward: {
      text: 'The gradient is multiplied by its derivative by c.',
      formula: TEX`\Gamma_{st} \to \Gamma_{st}\Bigl(P + \frac{c}{2\pi s}\Bigl[1 + 2q + \frac{ab + qc^2}{s^2}\Bigr]\Bigr)`,
    },
    sources: [OURS, `${KEDIA}: the same for equal tokens`],
  },
  gelu_tanh: byHermite(GELU_TANH),
  silu: byHermite(SILU),
  swiglu: gated(SILU),
  geglu: gated(GELU),
  geglu_tanh: gated(GELU_TANH),
};

export const LINEAR: Law = {
  forward: {
    text: 'A random matrix multiplies the covariance by the number of its inputs, and by the mean square w² of its elements.',
    formula: TEX`K \to d_\mathrm{in}\,w^2\,K`,
  },
  backward: {
    text: 'Its transpose likewise, by the number of its outputs.',
    formula: TEX`\Gamma \to d_\mathrm{out}\,w^2\,\Gamma`,
  },
  sources: [
    'Glorot, Bengio 2010, Understanding the Difficulty of Training Deep Feedforward Networks',
  ],
};

/** w² of each initialization. */
export const INITS: Record<Config['init'], string> = {
  xavier: TEX`w^2 = \frac{2}{d_\mathrm{in} + d_\mathrm{out}}`,
  gpt2: TEX`w = 0.02;\; w = \frac{0.02}{\sqrt{2L}} \text{ of } W_O, W_2`,
  he: TEX`w^2 = \frac{2}{d_\mathrm{in}}`,
  lecun: TEX`w^2 = \frac{1}{d_\mathrm{in}}`,
  normal: TEX`w = 0.02`,
  orthogonal: TEX`w^2 = \frac{1}{\max(d_\mathrm{in}, d_\mathrm{out})}`,
};

export const UNIFORM: Law = {
  forward: {
    text: 'Uniform attention reads the mean of the m_t keys of a token.',
    formula: TEX`K_{tu} \to \frac{1}{m_t m_u}\sum_{i,j} K_{ij}`,
  },
  backward: {
    text: 'A value’s gradient is the mean of those of its readers.',
    formula: TEX`\Gamma_{ij} \to \sum_{t,u} \frac{\Gamma_{tu}}{m_t m_u}`,
  },
  sources: [`${NOCI}: uniform attention at initialization`],
};

export const SOFTMAX: Law = {
  forward: {
    text: 'Scores are normal, their covariance that of queries, q, times that of keys, k, times λ; to first order in 1/n, weights are exponentials over their mean.',
    formula: TEX`K_{tu} \to \sum_{ij} \mathbb E[a_{ti}a_{uj}]\,K_{ij},\quad \mathbb E[a_{ti}a_{uj}] = \frac{e^{\lambda q_{tu} k_{ij}}}{\sum_{ij} e^{\lambda q_{tu} k_{ij}}}`,
  },
  backward: {
    text: 'Values get the gradients of their readers; queries and keys what passes the softmax, which vanishes with 1 − ρ.',
    formula: TEX`\Gamma^v_{ij} = \sum_{tu} \mathbb E[a_{ti}a_{uj}]\,\Gamma_{tu},\quad \Gamma^q_{tu} = \lambda\,\Gamma_{tu}\sum_{ij} a_{ti} a_{uj}\,k_{ij}\,v^\circ_{ij}`,
  },
  sources: [
    `${HRON}: scores of many heads are normal`,
    `${NOCI}: gradients of queries and keys`,
    OURS,
  ],
};

/** The letters of all laws. */
export const LETTERS: Step = {
  text: 'One feature is followed over the tokens: its covariance K, and Γ of its gradient. A norm and a branch make others of them, forward and back.',
  formula: TEX`K_{st} = \mathbb E\,x_s x_t \to \mathcal N[K],\, \mathcal F[K] \qquad \Gamma_{st} = \mathbb E\,g_s g_t \to \mathcal N^*[\Gamma],\, \mathcal F^*[\Gamma]`,
};

export const GRADIENT_OF_QUERIES: Step = {
  text: 'The gradient at queries: v° is the covariance of values less its means over the keys of t, of u, and of both.',
  formula: TEX`\Gamma^q_{tu} = \lambda\,\Gamma_{tu}\sum_{ij} a_{ti} a_{uj}\,k_{ij}\,v^\circ_{ij}`,
};
export const GRADIENT_OF_KEYS: Step = {
  text: 'The gradient at keys: v° is the covariance of values less its means over the keys of t, of u, and of both.',
  formula: TEX`\Gamma^k_{ij} = \lambda\sum_{tu} a_{ti} a_{uj}\,q_{tu}\,\Gamma_{tu}\,v^\circ_{ij}`,
};

export const ROPE: Law = {
  forward: {
    text: 'RoPE turns queries and keys: their covariance falls with distance.',
    formula: TEX`q_{st} \to q_{st}\,\mathop{\mathrm{mean}}_\theta \cos\bigl((s - t)\theta\bigr)`,
  },
  sources: ['Su et al. 2021, RoFormer, eq. 34: the rotation', OURS],
};

export const DROPOUT: Law = {
  forward: {
    text: 'Dropout adds noise that no two tokens share.',
    formula: TEX`K_{tt} \to \frac{K_{tt}}{1 - p}`,
  },
  backward: {
    text: 'Dropout does the same to gradients.',
    formula: TEX`\Gamma_{tt} \to \frac{\Gamma_{tt}}{1 - p}`,
  },
  sources: [`${KEDIA}: dropout`],
};

export const STOCHASTIC_DEPTH: Law = {
  forward: {
    text: 'Of a branch the share 1 − p_l of sequences is kept, and divided by it.',
    formula: TEX`K \to \frac{K}{1 - p_l},\quad p_l = \tfrac{l + 1}{L}\,p`,
  },
  backward: { text: 'So are gradients.', formula: TEX`\Gamma \to \frac{\Gamma}{1 - p_l}` },
  sources: ['Huang et al. 2016, Deep Networks with Stochastic Depth, eq. 4: survival by depth'],
};

export const SIGMA: Law = {
  forward: {
    text: 'σReparam divides a matrix by its largest singular value, the edge of the spectrum of a random matrix.',
    formula: TEX`\hat w^2 = \frac{1}{\bigl(\sqrt{d_\mathrm{in}} + \sqrt{d_\mathrm{out}}\bigr)^2}`,
  },
  sources: [
    'Bai, Yin 1993, Limit of the Smallest Eigenvalue of a Large Dimensional Sample Covariance Matrix',
    'Zhai et al. 2023, Stabilizing Transformer Training by Preventing Attention Entropy Collapse: σReparam',
  ],
};

export const ENTROPY: Law = {
  forward: {
    text: 'Of m independent normal scores s, whose sum of exponentials is Z: exact for every m.',
    formula: TEX`M_k(\lambda) = \mathbb E\,e^{ks - \lambda e^s},\quad \mathbb E \ln Z = \int \frac{e^{-\lambda} - M_0^m}{\lambda}\,d\lambda,\quad \mathbb E\textstyle\sum_i a_i^2 = m\displaystyle\int \lambda M_2 M_0^{m-1}\,d\lambda`,
  },
  sources: [OURS],
};

export const ENTROPY_FLOOR: Law = {
  forward: {
    text: 'A row of scores is no longer than the spectral norm σ of their matrix; the sharpest has one score above T − 1 equal ones.',
    formula: TEX`\mathrm{Ent}_{min} = \ln\bigl(1 + (T - 1)b\bigr) + \frac{\sigma\sqrt{T(T - 1)}\,b}{1 + (T - 1)b},\quad b = e^{-\sigma\sqrt{T/(T - 1)}}`,
  },
  sources: [
    'Zhai et al. 2023, Stabilizing Transformer Training by Preventing Attention Entropy Collapse: the lower bound of the entropy',
  ],
};

export const RANDOM_PROJECTION: Law = {
  backward: {
    text: 'The random projection sends a gradient of independent unit normals into the top.',
    formula: TEX`\Gamma = I`,
  },
};

export const CROSS_ENTROPY: Law = {
  backward: {
    text: 'Cross-entropy over C counted targets and V symbols sends p − y through the unembedding, whose elements have mean square w².',
    formula: TEX`\Gamma_{st} = \frac{w^2}{C^2}\Bigl(\mathbb E\textstyle\sum_v p_v p'_v - \tfrac 2V + [y_s = y_t]\Bigr)`,
  },
  sources: [OURS],
};
