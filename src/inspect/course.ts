import { type Sublayer } from '../config/blockSites';
import type { Config } from '../config/fields';
import { hasFinalNorm, layerPlans, sublayerCount, updatesOf } from '../config/layers';
import { leavesByNorm, placements, streamsOf, type NormPlace } from '../config/placements';
import { normScales, residualScales } from '../config/scales';
import { blockSite, type SiteName } from '../config/sites';
import type { NormAt } from './frozenNorm';
import type { Part } from './readings';

/** The course of the stream through the stack, as the placements define it, without any numbers. */

/** One thing that happens to the stream. */
export type Step =
  /** The tensor of a site is added to it. */
  | { adds: SiteName; part: Part }
  | { scales: number }
  | { norm: NormAt }
  /** It is what flows at this site. */
  | { is: SiteName };

/** Where x_0 … x_L flow. */
export const depthSites = ({ n_layers }: Pick<Config, 'n_layers'>): SiteName[] => [
  blockSite(0, 'resid_pre'),
  ...Array.from({ length: n_layers }, (_, layer) => blockSite(layer, 'resid_post')),
];

/** An update of a stack: its layer, its sublayers, and where what it leaves behind flows. */
interface Update {
  layer: number;
  sublayers: Sublayer[];
  after: SiteName;
}

function updatesIn(config: Config): Update[] {
  const updates = updatesOf(config);
  return layerPlans(config).flatMap((_, layer) =>
    updates.map((sublayers, i) => ({
      ...{ layer, sublayers },
      after: blockSite(layer, i === updates.length - 1 ? 'resid_post' : 'resid_mid'),
    })),
  );
}

/** The additions of an update’s sublayers. */
const additionsOf = ({ layer, sublayers }: Update): Step[] =>
  sublayers.map((of) => ({
    adds: blockSite(layer, `${of}_add`),
    part: { name: `${of} ${layer}`, layer, of },
  }));

const scaled = (factor: number): Step[] => (factor === 1 ? [] : [{ scales: factor }]);

/** One residual update of a stream that has come this way. */
function updated(x: readonly Step[], update: Update, config: Config): readonly Step[] {
  const { layer, sublayers, after } = update;
  const { placement: id, norm: kind } = layerPlans(config)[layer]!;
  const placement = placements[id];
  const a = residualScales[config.residual_scale].a.value(sublayerCount(config));
  const norm = (place: NormPlace) => (x: readonly Step[]) => [
    ...x,
    { norm: { name: `blocks.${layer}.${sublayers[0]!}.${place}`, kind } },
    ...scaled(normScales[config.norm_scale].value(layer)),
  ];
  const y = placement.update<readonly Step[]>(x, {
    // A branch’s result is known from the site at which it is added: norms within it are not followed.
    f: (x) => x,
    norm: norm('norm'),
    norm_out: norm('norm_out'),
    amplify: (x) => [...x, ...scaled(placement.streamFactor?.(config.n_layers) ?? 1)],
    add: (x) => [...x, ...scaled(a), ...additionsOf(update)],
  });
  return [...y, { is: after }];
}

/** All that makes x_L, in order, from x_0 on. */
export function courseOf(config: Config): readonly Step[] {
  const { enter, read, write } = streamsOf(config.placement);
  const first: Step = {
    adds: blockSite(0, 'resid_pre'),
    part: { name: 'x₀', layer: null, of: 'embed' },
  };
  const plus = (x: readonly Step[], more: readonly Step[]) => [...x, ...more];
  const last = updatesIn(config).reduce(
    (streams, update) =>
      write<readonly Step[]>(
        streams,
        { x: updated(read(streams), update, config), added: additionsOf(update) },
        { plus },
      ),
    enter<readonly Step[]>([first]),
  );
  return read(last);
}

/** Operations on what flows at sites, of any kind: numbers, or the sites’ names. */
interface HeadOperations<X> {
  site(name: SiteName): X;
  plus(x: X, more: X): X;
  norm(x: X): X;
}

/** The unembedding’s input, if the stack ended after layer 0, 1, … L: the streams as one, and the final norm. */
export function* headInputs<X>(config: Config, { site, plus, norm }: HeadOperations<X>) {
  const { enter, write, leave } = streamsOf(config.placement);
  const isNormed = hasFinalNorm(config) && !leavesByNorm(config.placement);
  const left = (streams: Record<string, X>): X => {
    const x = leave(streams, { plus, norm });
    return isNormed ? norm(x) : x;
  };
  let streams = enter(site(blockSite(0, 'resid_pre')));
  yield left(streams);
  const lasts = new Set(depthSites(config));
  for (const { layer, sublayers, after } of updatesIn(config)) {
    const added = sublayers.map((of) => site(blockSite(layer, `${of}_add`))).reduce(plus);
    streams = write(streams, { x: site(after), added }, { plus });
    if (lasts.has(after)) yield left(streams);
  }
}
