import { CHOICES, type Chosen } from '../../config/choices';
import type { Choice } from '../../config/choice';
import { isGated, type Config } from '../../config/fields';
import { docstring } from '../docstring';
import { plainTex } from '../plainTex';
import { python, type Definition } from '../code';
import { hasInnerNorm } from './attention';
import { linear, madeLinear } from './linear';
import { droppedLines, namedLines, returned, takes, tapped } from './taps';

type Function = (x: string) => string;
const gelu: Function = (x) => `F.gelu(${x})`;
const geluTanh: Function = (x) => `F.gelu(${x}, approximate="tanh")`;
const silu: Function = (x) => `F.silu(${x})`;

/** The function that stands between the matrices, or on the gate. */
const ACTIVATIONS: Record<Chosen['activation'], Function> = {
  gelu,
  gelu_tanh: geluTanh,
  relu: (x) => `F.relu(${x})`,
  relu2: (x) => `F.relu(${x}).square()`,
  silu,
  swiglu: silu,
  geglu: gelu,
  geglu_tanh: geluTanh,
};

export function mlpDefinition(config: Config): Definition {
  const { label, formula, source }: Choice = CHOICES.activation[config.activation];
  const f = ACTIVATIONS[config.activation];
  const inner = linear('x', '_in', config);
  const hidden = isGated(config)
    ? python`
      gate = ${f(linear('x', '_gate', config))}
      hidden = gate * ${inner.includes('@') ? `(${inner})` : inner}
    `
    : `hidden = ${f(inner)}`;
  return {
    name: 'MLP',
    code: python`
      class MLP(nn.Module):
          ${docstring([`${label}: ${plainTex(formula!)}`, source])}

          def __init__(self, layer: int):
              super().__init__()
              ${namedLines('mlp', config)}
              ${madeLinear('_in', 'D_MODEL', 'D_HIDDEN', config)}
              ${isGated(config) && madeLinear('_gate', 'D_MODEL', 'D_HIDDEN', config)}
              ${madeLinear('_out', 'D_HIDDEN', 'D_MODEL', config)}

          def forward(self, ${takes(config)}) -> Tensor:  # [B, T, D] -> [B, T, D]
              ${tapped(['x', 'x'], 'mlp_in', 'mlp', config)}
              ${hidden}  # [B, T, F]
              ${hasInnerNorm(config) && 'hidden = self.norm_inner(hidden)'}
              ${returned('y', [
                tapped(['y', linear('hidden', '_out', config)], 'mlp_out', 'mlp', config),
                droppedLines('y', 'self.name', config),
              ])}
    `,
  };
}
