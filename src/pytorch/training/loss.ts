import type { Chosen } from '../../config/choices';
import type { Config } from '../../config/fields';
import type { Section } from '../section';

/** The loss of a part of the batch; those of all parts add up to the loss. */
const OBJECTIVES: Record<Chosen['objective'], string> = {
  cross_entropy: `
def loss_of(logits: Tensor, targets: Tensor, counted: int) -> Tensor:
    """
    -ln p of the targets of a part of the batch, over the number of those that the whole batch
    counts: the losses of all parts add up to the mean.

    logits: [b, T, V]; targets: [b, T], -1 where not counted. Returns [].
    """
    rows = logits.float().flatten(0, 1)
    total = F.cross_entropy(rows, targets.flatten(), ignore_index=-1, reduction="sum")
    return total / counted
`,
  random_projection: `
def loss_of(out: Tensor, projection: Tensor) -> Tensor:
    """The sum of out * R, R ~ N(0, 1), over a part of the batch. Each [b, T, D]; returns []."""
    return (out.float() * projection).sum()
`,
};

export const lossSection = ({ objective }: Config): Section => ({
  title: 'Loss',
  code: OBJECTIVES[objective],
});
