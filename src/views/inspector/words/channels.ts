import type { Channels, LaneChannels } from '../../../inspect/readings';
import { percent } from '../../../lib/percent';
import { formatCount, formatSignificant } from '../../../plot/format';
import { present } from '../present';
import type { InspectedLane } from '../props';
import { tokenName } from '../symbols';
import { inLanes } from './clauses';

/** Rank of a channel by falling RMS, from 1 on, and its RMS; null where the lane has no such channel. */
export function rankOf(
  { order, rms }: Pick<LaneChannels, 'order' | 'rms'>,
  channel: number,
): { rank: number; rms: number } | null {
  const i = order.indexOf(channel);
  return i < 0 ? null : { rank: i + 1, rms: rms[i]! };
}

function tellLane({ vocabulary }: InspectedLane, of: LaneChannels): string {
  const [top] = of.shares;
  const lost = of.rms.filter((rms) => !Number.isFinite(rms)).length;
  if (of.rms.every((rms) => rms === 0)) return 'every channel is 0';
  if (lost === of.rms.length) return 'no channel is finite';
  if (lost > 0) return `${lost} of ${of.rms.length} channels not finite`;
  if (!top || !Number.isFinite(top.share)) return 'the sum of squares is not finite';
  const channels = of.order.length;
  const even =
    channels > 1 ? `, ${formatSignificant(top.share * channels, 2)} times an even share` : '';
  const first = `channel ${of.order[0]} holds ${percent(top.share)} of the sum of squares${even}`;
  const massive =
    of.massiveCount > 0
      ? `, ${formatCount(of.massiveCount)} massive ${of.massiveCount === 1 ? 'element' : 'elements'}`
      : '';
  const [spike] = of.spikes;
  const peak =
    spike && spike.ratio >= SPIKE
      ? `, token ${tokenName(vocabulary, spike.symbol, spike.position)} at ${formatSignificant(spike.ratio)} times the median token`
      : '';
  return first + massive + peak;
}

/** A token whose RMS is so many times the median stands out. */
const SPIKE = 2;

export function tellChannels(
  reading: Channels,
  lanes: readonly InspectedLane[],
  { place }: { place: string },
): string {
  const there = present(reading.lanes, lanes);
  if (!there.length) return `No lane has channels at ${place}.`;
  return inLanes(
    place,
    there.map(({ lane, of }) => [lane.name, tellLane(lane, of)]),
  );
}

/** “channel 138: rank 3 in pre-LN (rms 5.20)” */
export function tellChannel(
  reading: Channels,
  lanes: readonly InspectedLane[],
  channel: number,
): string {
  const told = present(reading.lanes, lanes).map(({ lane, of }) => {
    const found = rankOf(of, channel);
    return found
      ? `${lane.name} rank ${found.rank} of ${of.order.length}, rms ${formatSignificant(found.rms)}`
      : `${lane.name} has no such channel`;
  });
  return `Channel ${channel}: ${told.join('; ')}.`;
}
