import type { Chosen } from '../../config/choices';
import type { Config } from '../../config/fields';
import type { Section } from '../section';

const MOMENTS = `
    def __init__(self, parameters: Dict[str, nn.Parameter]) -> None:
        self.updates = 0  # that the moments are of, with the one under way
        self.m = {name: torch.zeros_like(p) for name, p in parameters.items()}
        self.v = {name: torch.zeros_like(p) for name, p in parameters.items()}
`;
const ADAM_DIRECTION = `
        m = self.m[name].mul_(BETA1).add_(g, alpha=1 - BETA1)
        v = self.v[name].mul_(BETA2).addcmul_(g, g, value=1 - BETA2)
        m_hat = m / (1 - BETA1**self.updates)
        root = v.sqrt() / math.sqrt(1 - BETA2**self.updates)
`;

const signature = `
    def direction(self, name: str, p: Tensor, g: Tensor) -> Tensor:
`;

const coupled = ({ weight_decay }: Config) =>
  weight_decay
    ? `
        if decays(name):
            g = g + WEIGHT_DECAY * p
`
    : '';

const adam = (name: string, about: string, config: Config, isDecoupled: boolean) => `
class ${name}:
    """${about}"""
${MOMENTS}${signature}${isDecoupled ? '' : coupled(config)}${ADAM_DIRECTION}${
  isDecoupled && config.weight_decay
    ? `        adam = m_hat / (root + ADAM_EPS)
        return adam + WEIGHT_DECAY * p if decays(name) else adam
`
    : '        return m_hat / (root + ADAM_EPS)\n'
}`;

const MUON = `
class Muon:
    """
    Matrices of the blocks: m <- beta1 m + g, W <- W - 0.2 sqrt(max(in, out)) lr NS(g + beta1 m);
    everything else by Adam. Jordan et al. 2024; the factor is of Liu et al. 2025, eq. 4.
    """
`;
const NEWTON_SCHULZ = `
def orthogonalized(gradient: Tensor) -> Tensor:
    """
    About U V^T of U S V^T, by five Newton-Schulz steps; zeros stay zeros. In float32. [I, O]
    """
    x = gradient / gradient.abs().max().clamp(min=1.2e-38)
    x = x / x.norm().clamp(min=1.2e-38)
    is_tall = x.shape[0] > x.shape[1]
    x = x.T if is_tall else x
    for _ in range(5):
        a = x @ x.T
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x.T if is_tall else x
`;

/** The class of each optimizer: `direction` is what the learning rate multiplies. */
const OPTIMIZERS: Record<Chosen['optimizer'], { name: string; code: (config: Config) => string }> =
  {
    adamw: {
      name: 'AdamW',
      code: (config) =>
        adam(
          'AdamW',
          'W <- W - lr (m^ / (sqrt(v^) + eps) + lambda W). Loshchilov, Hutter 2019.',
          config,
          true,
        ),
    },
    adam: {
      name: 'Adam',
      code: (config) =>
        adam('Adam', 'W <- W - lr m^ / (sqrt(v^) + eps). Kingma, Ba 2015.', config, false),
    },
    sgd: {
      name: 'SGD',
      code: (config) => `
class SGD:
    """W <- W - lr g."""

    def __init__(self, _: Dict[str, nn.Parameter]) -> None:
        self.updates = 0
${signature}${coupled(config)}        return g
`,
    },
    momentum: {
      name: 'Momentum',
      code: (config) => `
class Momentum:
    """m <- beta1 m + g, W <- W - lr m. Polyak 1964."""

    def __init__(self, parameters: Dict[str, nn.Parameter]) -> None:
        self.updates = 0
        self.m = {name: torch.zeros_like(p) for name, p in parameters.items()}
${signature}${coupled(config)}        return self.m[name].mul_(BETA1).add_(g)
`,
    },
    muon: {
      name: 'Muon',
      code: (config) => `${MUON}${MOMENTS}${signature}${coupled(config)}        if is_matrix(name):
            m = self.m[name].mul_(BETA1).add_(g)
            factor = 0.2 * math.sqrt(max(g.shape))
            return factor * orthogonalized(g + BETA1 * m)
${ADAM_DIRECTION}        return m_hat / (root + ADAM_EPS)


${NEWTON_SCHULZ.trim()}
`,
    },
  };

const IS_MATRIX = `
def is_matrix(name: str) -> bool:
    """Tests of the matrix of a linear map in a block."""
    return re.fullmatch(r"blocks\\.\\d+\\.(attn|mlp)\\.w\\w+", name) is not None
`;
const DECAYS = `
def decays(name: str) -> bool:
    """Weight decay acts on matrices and embeddings, not on what scales or shifts."""
    return name in ("embed.token", "embed.position", "unembed") or is_matrix(name)
`;

/** The class of a configuration's optimizer. */
export const optimizerName = ({ optimizer }: Config): string => OPTIMIZERS[optimizer].name;

/** Leaves one empty line before what is inside a class or a function, and none at its beginning. */
const tidy = (code: string) =>
  code.replace(/\n{2,}(?= {8})/g, '\n').replace(/\n{3,}(?= {4})/g, '\n\n');

export function optimizerSection(config: Config): Section {
  const { code } = OPTIMIZERS[config.optimizer];
  const written = tidy(code(config));
  const helpers = [
    ...(config.weight_decay || config.optimizer === 'muon' ? [IS_MATRIX] : []),
    ...(config.weight_decay ? [DECAYS] : []),
  ];
  const whole = [...helpers, written];
  return {
    title: 'Optimizer',
    code: whole.map((part) => part.trim()).join('\n\n\n'),
  };
}
