import { valueLabel } from '../../config/naming';
import { isInFormat, type BlockSite } from '../../config/sites';
import type { Direction } from '../../config/statistics';
import { FORMATS, largest, smallest, smallestNormal } from '../../lib/floats';
import { formatExact, formatSignificant } from '../../plot/format';
import type { Limit } from '../../plot/limits';
import type { Lane } from '../../runs/state';
import { laneLook } from './lanes';

interface Rounded extends Pick<Lane, 'id' | 'config'> {
  /** The factor of gradients when they were rounded; undefined before there is a measurement. */
  lossScale: number | undefined;
}

/** A limit in few words: 65504, 6.10×10⁻⁵. */
const amount = (value: number) =>
  value >= 1 && value < 1e6 ? formatExact(value) : formatSignificant(value);

/** Where the format of a lane ends, in the units of what is measured; nothing where a site is not in it. */
function limitsOf({ config, lossScale }: Rounded, direction: Direction, site: BlockSite): Limit[] {
  const { precision } = config;
  const scale = direction === 'forward' ? 1 : lossScale;
  if (!isInFormat(site, config) || !scale || !(precision in FORMATS)) return [];
  const name = valueLabel('precision', precision);
  const by = scale === 1 ? '' : ` ÷ ${formatExact(scale)}`;
  return (
    [
      ['max', largest(precision)],
      ['normal from', smallestNormal(precision)],
      ['min', smallest(precision)],
    ] as const
  ).map(([what, value]) => ({
    value: value / scale,
    label: `${name} ${what} ${amount(value)}${by}`,
  }));
}

/**
 * Where the formats of the lanes end at a site: its largest number, the smallest of full precision, the smallest of
 * all. Of gradients divided by the loss scale, since they are measured without it. In a lane's colour where
 * the others have not the same.
 */
export function rangeLimits(
  lanes: readonly Rounded[],
  direction: Direction,
  site: BlockSite,
): Limit[] {
  const found = lanes.map((lane) => ({ lane, limits: limitsOf(lane, direction, site) }));
  const keyOf = (limits: Limit[]) => limits.map(({ label }) => label).join();
  const keys = new Set(found.map(({ limits }) => keyOf(limits)));
  if (keys.size === 1) return found[0]?.limits ?? [];
  return [...keys].flatMap((key) => {
    const owners = found.filter(({ limits }) => keyOf(limits) === key);
    const { lane, limits } = owners[0]!;
    return owners.length > 1
      ? limits
      : limits.map((limit) => ({ ...limit, colour: laneLook(lane.id).colour }));
  });
}
