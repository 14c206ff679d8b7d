export const PANELS: [name: string, meaning: string][] = [
  [
    'Lanes',
    'One to four configurations, run in lock step on the same data. Lanes that differ in placement or norm alone start from the same weights.',
  ],
  [
    'The stack',
    'One column per layer, one row per lane: the stream, the branches that leave it and come back, and the norms where they really stand. Click a layer, or drag across several, to change them alone.',
  ],
  [
    'Activation magnitude',
    'The root mean square of the residual stream at every layer, or another statistic of another site. Never normalized: the absolute scale is what counts.',
  ],
  [
    'Gradient',
    'The root mean square, or another statistic, of the gradient of the loss, which runs through the stack from right to left; of activations, or of parameters of one kind.',
  ],
  [
    'Attention',
    'Per layer: how evenly the heads look around (entropy 1 is uniform, 0 is one key alone), and how alike the tokens have become.',
  ],
  [
    'Depth',
    'Layers stand over one another by their number. Where lanes have different numbers of layers, the end of the axis offers their fraction of the depth: layer l of L then stands at (l + ½) / L in every panel and in the stack, and a mark is of the nearest layer of each.',
  ],
  [
    'Loss',
    'Of every step since the model was started, and the mean of the last few, with the levels that give it a meaning.',
  ],
  [
    'Timeline',
    'All recorded steps. Drag its handle, or move it by keys, and every panel shows that step; training goes on or rests meanwhile, and settings act on the present. A tick is a setting changed under way, a triangle the first number that was not finite.',
  ],
  [
    'Sweeps',
    'A grid of runs over one or two settings, on workers of their own, drawn as a map of any result. A click on a cell opens it as a lane with the same numbers.',
  ],
  ['Evaluation', 'The model as it is used, beside the model as it is trained.'],
  ['What a norm costs', 'Every norm timed on this device, with the bytes that it moves.'],
  ['Meter', 'In the header: steps a second, and what a step costs, lane by lane when asked.'],
];

/** Keys of fields that a setting is typed in, and the browser’s own for undo. */
export const FIELD_KEYS = [
  { shown: 'Enter', title: 'Take what was typed' },
  { shown: 'Esc', title: 'The value before' },
  { shown: 'Alt ← →', title: 'Undo or redo a change: the browser’s back and forward' },
];

export const LICENCES: [name: string, licence: string][] = [
  ['TensorFlow.js', 'Apache 2.0'],
  ['React, Radix Primitives, zustand, KaTeX', 'MIT'],
  ['D3', 'ISC'],
  ['Inter, JetBrains Mono', 'SIL Open Font License 1.1'],
];
