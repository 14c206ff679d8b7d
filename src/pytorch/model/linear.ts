import type { Config } from '../../config/fields';
import { docstring } from '../docstring';
import { python, type Definition } from '../code';
import { casts } from './casts';
import { CHOICES } from '../../config/choices';
import { plainTex } from '../plainTex';

/** A matrix of the module as it acts. */
const matrix = (name: string, { weight_reparam }: Config): string =>
  ({ none: `self.${name}`, sigma: `spectral(self, "${name}")` })[weight_reparam];

/** x W. [B, T, I] → [B, T, O] */
export const unbiased = (x: string, W: string, config: Config): string =>
  casts(config) ? `unbiased(${x}, ${W})` : `${x} @ ${W}`;

/** x W + b by the matrix and the bias that are called `w…` and `b…`. */
export function linear(x: string, part: string, config: Config): string {
  const [W, b] = [matrix(`w${part}`, config), config.bias && `self.b${part}`];
  if (b) return casts(config) ? `linear(${x}, ${W}, ${b})` : `${x} @ ${W} + ${b}`;
  return unbiased(x, W, config);
}

/** A product of two tensors, none of them the matrix of a linear map. */
export const product = (a: string, b: string, config: Config): string =>
  casts(config) ? `product(${a}, ${b})` : `${a} @ ${b}`;

/** Statements that make a linear map in a module, drawn later. */
export const madeLinear = (part: string, from: string, to: string, config: Config): string =>
  python`
    self.w${part} = nn.Parameter(torch.empty(${from}, ${to}))
    ${config.bias && `self.b${part} = nn.Parameter(torch.zeros(${to}))`}
    ${config.weight_reparam === 'sigma' && `reparametrize(self, "w${part}")`}
  `;

export const SIGMA: Definition[] = [
  {
    name: 'reparametrize',
    code: python`
      def reparametrize(module: nn.Module, name: str) -> None:
          """A matrix has γ, 1 at first, and u, the singular vector that is kept from pass to pass."""
          # By their names in a weights file. PyTorch's own registration refuses the dot.
          module._parameters[f"{name}.gamma"] = nn.Parameter(torch.ones(1))
          module._buffers[f"{name}.u"] = torch.zeros(getattr(module, name).shape[1])
    `,
  },
  {
    name: 'spectral',
    code: python`
      def spectral(module: nn.Module, name: str) -> Tensor:
          ${docstring([
            plainTex(CHOICES.weight_reparam.sigma.formula),
            'σ is vᵀWu after one power step; its gradient takes u and v as given.',
            CHOICES.weight_reparam.sigma.source,
          ])}
          W, kept = getattr(module, name), module._buffers[f"{name}.u"]  # [I, O], [O]
          with torch.no_grad():
              v = W @ kept
              v = v / v.norm()
              u = v @ W
              u = u / u.norm()
              if module.training:
                  kept.copy_(u)
          return W * (module._parameters[f"{name}.gamma"] / (v @ W @ u))
    `,
  },
];
