import type { Source } from './claim';

/** Papers that claims are from, each cited here alone. */
export const PAPERS = {
  xiong: {
    authors: 'Xiong et al.',
    year: 2020,
    title: 'On Layer Normalization in the Transformer Architecture',
    url: 'https://arxiv.org/abs/2002.04745',
  },
  scalenorm: {
    authors: 'Nguyen, Salazar',
    year: 2019,
    title: 'Transformers without Tears: Improving the Normalization of Self-Attention',
    url: 'https://arxiv.org/abs/1910.05895',
  },
} as const satisfies Record<string, Source>;
