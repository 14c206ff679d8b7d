import { interventionsOf } from '../../config/interventions';
import type { Section } from '../section';
import { optimizerName } from './optimizers';
import { joined, when, type Traits } from './traits';

function frozen({ config }: Traits): string {
  const rows = interventionsOf(config)
    .filter((one) => one.kind === 'freeze')
    .map(({ layers, steps, sublayer }) => {
      const end = steps.to === Infinity ? 'math.inf' : steps.to;
      return `(${layers.from}, ${layers.to}, "${sublayer}", ${steps.from}, ${end})`;
    });
  return `
# Layers, branch and steps, ends included, whose parameters stay as they are.
FROZEN = [
${rows.map((row) => `    ${row},\n`).join('')}]


def is_frozen(name: str, step: int) -> bool:
    match = re.match(r"blocks\\.(\\d+)\\.(attn|mlp)\\.", name)
    return match is not None and any(
        first <= int(match[1]) <= last and branch == match[2] and start <= step <= end
        for first, last, branch, start, end in FROZEN
    )
`;
}

const NORM = `
def norm_of(gradients: Dict[str, Tensor], ranks: int) -> Tensor:
    """The length of the whole gradient; ranks: those that it is divided among. []"""
    squares = torch.stack([g.double().square().sum() for g in gradients.values()]).sum()
    if ranks > 1:
        dist.all_reduce(squares)
    return squares.sqrt()
`;

const CLIPPED = `
def clip_factor(norm: Tensor) -> Tensor:
    """min(1, GRAD_CLIP / norm); NaN where a gradient is not finite. []"""
    factor = (GRAD_CLIP / norm).clamp(max=1.0)
    return torch.where(torch.isfinite(norm), factor, math.nan).float()
`;

const update = ({ config, freezes, scale }: Traits) => {
  const clips = config.grad_clip > 0;
  const isDynamic = scale === 'dynamic';
  const g = clips ? 'factor * gradients[name]' : 'gradients[name]';
  return `
@torch.no_grad()
def update(
    optimizer: ${optimizerName(config)},
    parameters: Dict[str, nn.Parameter],
    gradients: Dict[str, Tensor],
    step: int,
${clips || isDynamic ? '    norm: Tensor,\n' : ''}    meter: Optional[Meter],
) -> None:
    """Moves every parameter; the meter, where there is one, sees by how much."""
    rate = learning_rate(step)
${when(clips, '    factor = clip_factor(norm)\n')}${when(
    isDynamic,
    '    is_finite = bool(torch.isfinite(norm))\n',
  )}    optimizer.updates += ${isDynamic ? 'is_finite' : '1'}
    for name, p in parameters.items():
${
  isDynamic
    ? `        if is_finite:
            delta = -rate * optimizer.direction(name, p, ${g})
        else:  # an overflow: this update is left out
            delta = torch.zeros_like(p)
`
    : `        delta = -rate * optimizer.direction(name, p, ${g})
`
}${when(
    freezes,
    `        if is_frozen(name, step):
            delta.zero_()
`,
  )}        if meter is not None:
            meter.see_update(name, p, gradients[name], delta)
        p.add_(delta)
`;
};

export const updateSection = (traits: Traits): Section => ({
  title: 'Update',
  code: joined(
    when(traits.freezes, frozen(traits)),
    when(traits.needsNorm, NORM),
    when(traits.config.grad_clip > 0, CLIPPED),
    update(traits),
  ),
});
