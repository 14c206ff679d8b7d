import type { Source } from './claim';

const arxiv = (id: string) => `https://arxiv.org/abs/${id}`;

/** Papers that claims are from, each cited here alone. */
export const PAPERS = {
  alekseev: {
    authors: 'Alekseev',
    year: 2026,
    title: 'Subcritical Signal Propagation at Initialization in Normalization-Free Transformers',
    url: arxiv('2604.11890'),
  },
  bachlechner: {
    authors: 'Bachlechner et al.',
    year: 2020,
    title: 'ReZero is All You Need: Fast Convergence at Large Depth',
    url: arxiv('2003.04887'),
  },
  de: {
    authors: 'De, Smith',
    year: 2020,
    title:
      'Batch Normalization Biases Residual Blocks Towards the Identity Function in Deep Networks',
    url: arxiv('2002.10444'),
  },
  dong: {
    authors: 'Dong, Cordonnier, Loukas',
    year: 2021,
    title:
      'Attention is Not All You Need: Pure Attention Loses Rank Doubly Exponentially with Depth',
    url: arxiv('2103.03404'),
  },
  giorlandino: {
    authors: 'Giorlandino, Goldt',
    year: 2025,
    title:
      'Two failure modes of deep transformers and how to avoid them: a unified theory of signal propagation at initialisation',
    url: arxiv('2505.24333'),
  },
  ioffe: {
    authors: 'Ioffe, Szegedy',
    year: 2015,
    title:
      'Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift',
    url: arxiv('1502.03167'),
  },
  kedia: {
    authors: 'Kedia et al.',
    year: 2024,
    title: 'Transformers Get Stable: An End-to-End Signal Propagation Theory for Language Models',
    url: arxiv('2403.09635'),
  },
  kim: {
    authors: 'Kim et al.',
    year: 2025,
    title: 'Peri-LN: Revisiting Normalization Layer in the Transformer Architecture',
    url: arxiv('2502.02732'),
  },
  li: {
    authors: 'Li, Yin, Liu',
    year: 2024,
    title: 'Mix-LN: Unleashing the Power of Deeper Layers by Combining Pre-LN and Post-LN',
    url: arxiv('2412.13795'),
  },
  micikevicius: {
    authors: 'Micikevicius et al.',
    year: 2018,
    title: 'Mixed Precision Training',
    url: arxiv('1710.03740'),
  },
  nguyen: {
    authors: 'Nguyen, Salazar',
    year: 2019,
    title: 'Transformers without Tears: Improving the Normalization of Self-Attention',
    url: arxiv('1910.05895'),
  },
  noci: {
    authors: 'Noci et al.',
    year: 2022,
    title:
      'Signal Propagation in Transformers: Theoretical Perspectives and the Role of Rank Collapse',
    url: arxiv('2206.03126'),
  },
  shleifer: {
    authors: 'Shleifer, Weston, Ott',
    year: 2021,
    title: 'NormFormer: Improved Transformer Pretraining with Extra Normalization',
    url: arxiv('2110.09456'),
  },
  sun: {
    authors: 'Sun et al.',
    year: 2025,
    title: 'The Curse of Depth in Large Language Models',
    url: arxiv('2502.05795'),
  },
  touvron: {
    authors: 'Touvron et al.',
    year: 2021,
    title: 'Going Deeper with Image Transformers',
    url: arxiv('2103.17239'),
  },
  wang: {
    authors: 'Wang et al.',
    year: 2022,
    title: 'DeepNet: Scaling Transformers to 1,000 Layers',
    url: arxiv('2203.00555'),
  },
  xiong: {
    authors: 'Xiong et al.',
    year: 2020,
    title: 'On Layer Normalization in the Transformer Architecture',
    url: arxiv('2002.04745'),
  },
  yang: {
    authors: 'Yang et al.',
    year: 2019,
    title: 'A Mean Field Theory of Batch Normalization',
    url: arxiv('1902.08129'),
  },
  zhai: {
    authors: 'Zhai et al.',
    year: 2023,
    title: 'Stabilizing Transformer Training by Preventing Attention Entropy Collapse',
    url: arxiv('2303.06296'),
  },
  zhang: {
    authors: 'Zhang, Sennrich',
    year: 2019,
    title: 'Root Mean Square Layer Normalization',
    url: arxiv('1910.07467'),
  },
  zhu: {
    authors: 'Zhu et al.',
    year: 2025,
    title: 'Transformers without Normalization',
    url: arxiv('2503.10622'),
  },
  cs336: {
    authors: 'CS336 Staff',
    year: 2025,
    title: 'CS336 Assignment 1 (basics): Building a Transformer LM',
    url: 'https://github.com/stanford-cs336/assignment1-basics',
  },
  gemma2: {
    authors: 'Gemma Team',
    year: 2024,
    title: 'Gemma 2: Improving Open Language Models at a Practical Size',
    url: arxiv('2408.00118'),
  },
  sinks: {
    authors: 'Sun, Canziani, LeCun, Zhu',
    year: 2026,
    title: 'The Spike, the Sparse and the Sink: Anatomy of Massive Activations and Attention Sinks',
    url: arxiv('2603.05498'),
  },
  tid: {
    authors: 'Wang, Wu, Huang',
    year: 2022,
    title: 'Understanding the Failure of Batch Normalization for Transformers in NLP',
    url: arxiv('2210.05153'),
  },
  wortsman: {
    authors: 'Wortsman et al.',
    year: 2023,
    title: 'Small-scale Proxies for Large-scale Transformer Training Instabilities',
    url: arxiv('2309.14322'),
  },
} as const satisfies Record<string, Source>;

/** Words of Micikevicius et al. on the least numbers of fp16, on which more than one claim rests. */
export const VANISHING = {
  figure: 'section 3.1: values below 2⁻²⁴ become zero in FP16',
  published:
    'any value whose magnitude is smaller than 2⁻²⁴ = 6·10⁻⁸ becomes zero in fp16 (by rounding to the nearest, one below 2⁻²⁵ = 3·10⁻⁸)',
} as const;
