import { hiddenFeatures, type Config } from '../../config/fields';
import { constant, python, used, written, type Definition } from '../code';
import type { Obstacle, Section } from '../section';
import { attentionDefinition } from './attention';
import { blockDefinitions, scaleConstants } from './block';
import { castDefinitions } from './casts';
import { DRAWS } from './draws';
import { initializationDefinitions } from './initialization';
import { SIGMA } from './linear';
import { mlpDefinition } from './mlp';
import { normDefinitions } from './norms';
import { positionDefinitions } from './positions';
import { STREAMS } from './streams';
import { embeddingDefinition, kindsConstant, transformerDefinition } from './transformer';

/** Beside the settings, which stand before by names of their own. */
const shapeConstants = (config: Config): Definition[] => [
  constant('D_HEAD', config.d_model / config.n_heads),
  constant('D_HIDDEN', hiddenFeatures(config)),
];

const TAPS: Definition[] = [
  {
    name: 'Tap',
    code: 'Tap = Callable[[str, Tensor], Tensor]  # is told what flows at a site, and gives it back',
    isConstant: true,
  },
  {
    name: 'untapped',
    code: python`
      def untapped(site: str, x: Tensor) -> Tensor:
          return x
    `,
  },
  {
    name: 'softcap',
    code: python`
      def softcap(z: Tensor, c: float) -> Tensor:
          """c tanh(z/c): no further from 0 than c (Gemma Team 2024, Gemma 2, section 2)"""
          return c * torch.tanh(z / c)
    `,
  },
];

/**
 * Random streams, the model and its initialization:
 *
 * - `Stream(seed, name)` with `uniform()`, `normal()`, `integer(n)`, and `normals(seed, name, size)`, as the engine draws;
 * - `class Transformer(nn.Module)` with parameters by the engine's names, matrices [in, out]; `forward(inputs, tap)`
 *   returns `(out [B, T, D], logits [B, T, V] or None)`; `tap(name, x)` is called at every site by its name and gives
 *   x back. `Transformer(vocabulary)`, and `Transformer()` where there are no tokens; then `inputs` is x₀;
 * - where `readsStep`, `model.step` and `model.first`, the first sequence of the whole batch that a process has (0 at
 *   first), to be set before every pass;
 * - `initialize(model, seed, draw=normals)`.
 *
 * Under `weight_reparam=sigma` names of tensors have a dot that PyTorch's registration refuses, so that
 * FullyShardedDataParallel, which registers them anew, cannot divide the model.
 */
export function modelSections(config: Config): Section[] {
  const model = [
    ...shapeConstants(config),
    ...scaleConstants(config),
    ...TAPS,
    ...DRAWS,
    ...castDefinitions(config),
    ...SIGMA,
    ...positionDefinitions(config.positions),
    ...normDefinitions(config),
    attentionDefinition(config),
    mlpDefinition(config),
    ...blockDefinitions(config),
    ...kindsConstant(config),
    embeddingDefinition(config),
    transformerDefinition(config),
  ];
  const initialization = initializationDefinitions(config);
  const needed = new Set(
    used(
      ['Stream', 'normals', 'Transformer', 'initialize'],
      [...STREAMS, ...model, ...initialization],
    ),
  );
  const section = (title: string, definitions: Definition[]): Section => {
    return { title, code: written(definitions.filter((one) => needed.has(one))) };
  };
  return [
    section('Random streams', STREAMS),
    section('Model', model),
    section('Initialization', initialization),
  ];
}

export function modelObstacles({ precision, precision_policy }: Config): Obstacle[] {
  return precision !== 'fp32' && precision_policy === 'every_op'
    ? [
        {
          setting: 'precision_policy',
          reason:
            'every_op rounds the result of every operation, forward and backward, and operations of PyTorch are made of others; with autocast, products of matrices alone are rounded, which can be written.',
        },
      ]
    : [];
}
