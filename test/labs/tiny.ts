/** A small lab with an exercise of every kind, and what a student does for it. */
const PAGE =
  'v=1&n_layers=2&d_model=8&n_heads=2&seq_len=8&batch_size=2&mlp_ratio=2&task=copy&view.open=placement,lr';

export const TINY_LAB = `---
title: A tiny lab
question: Does it run?
minutes: 20
level: first course
---
## First

::page{link="${PAGE}"}

The stream is :value[1.8]{of="A.rms@resid_post[last]@0"}, the loss :value[3.6]{of="A.loss@0" within="2%"}.

:::predict{#which kind=choice answer=2}
Which?

1. one
2. two
:::

:::predict{#ratio kind=number unit=times measure="A.rms@resid_post[last]@0 / A.rms@resid_post[0]@0" decades=0.3}
How many times?
:::

:::predict{#curve kind=curve panel=magnitude lane=B quantity="rms@resid_post" step=0 decades=0.5}
Draw it.
:::

:::do{#trained when="B.step >= 20 and B.placement = 'post'"}
Train B.
:::

:::check{#near when="A.loss@20 < A.loss@0 + 1 and not A.diverged"}
It is near.
::hint[Look.]
:::

:::check{#never when="A.loss@20 < 0.5"}
It has learned all.
:::

::::reveal{after=ratio}
More.

:::check{#inner when="max(B.rms@resid_post[all]@20) > 0.1"}
Large.
:::
::::

:::reflect{#why words=3}
Why?
:::
`;

export const TINY_ANSWERS = {
  student: 'Ada L.',
  predictions: { which: 2, ratio: 1.2, curve: [1, 1] },
  runs: { trained: { step: 25, changes: { a: '10:placement=post' } } },
  reflections: { why: 'because it is so' },
};
