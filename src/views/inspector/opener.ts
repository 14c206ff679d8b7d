import { layerPlans, updatesOf } from '../../config/layers';
import type { Sublayer } from '../../config/blockSites';
import type { Quantity } from '../../config/quantity';
import { statisticsOf } from '../../config/statistics';
import { drawnIn } from '../../plot/drawn';
import { EMBED } from '../../plot/depth';
import type { Across } from '../../plot/ground';
import { onlyLayer } from '../../plot/span';
import type { Point } from '../../plot/trace';
import type { Inspecting } from '../../runs/inspector/inspection';
import { drawnConfig, LANE_IDS, type LaneId, type ScopeStore } from '../../runs/state';
import type { View } from '../../runs/view';
import { markOf } from '../panels/depthMarks';
import { placementGraph } from '../strip/graph';
import { layerOf } from './places';

/** Pixels from a mark within which a click is meant for it. */
const NEAR = 9;
/** Where `frame.css` makes the inspector a sheet over the page. */
const AS_SHEET = '(max-width: 1199.98px)';
/** Pixels that a pointer may move between press and release, and still click. */
const STILL = 4;

type At = Pick<Inspecting, 'lane' | 'place'> & Partial<Inspecting>;
interface Position {
  x: number;
  y: number;
}

/** The place that a panel’s quantity has in a layer, or before the first. */
function placeAt({ of, place }: Quantity, layer: number): string {
  if (layer === EMBED) return 'embed';
  const site = of === 'head' ? 'attn.pattern' : place === 'block' ? 'resid_post' : place;
  return `blocks.${layer}.${site}`;
}

/** The point of a panel’s trace, or of a head’s thin line, that is nearest to a click; null where none is near. */
function pointAt(plot: Element, { x, y }: Position, quantity: Quantity): At | null {
  const drawn = drawnIn(plot);
  const ground = drawn?.ground;
  if (!drawn?.traces || !ground) return null;
  const { left, top } = plot.getBoundingClientRect();
  const distanceTo = (point: Point, across: Across) => {
    const height = ground.y(point.y);
    return height === null
      ? Infinity
      : Math.hypot(across.x(point.x) - (x - left), height - (y - top));
  };
  const candidates = drawn.traces
    .filter(({ isGhost, group }) => !isGhost && LANE_IDS.includes(group as LaneId))
    .flatMap(({ group, points, strands = [], n_layers }) =>
      [points, ...strands].flatMap((all, strand) =>
        all.map((point) => ({
          lane: group as LaneId,
          layer: point.x,
          head: strand - 1,
          distance: distanceTo(point, ground.across.of?.(n_layers) ?? ground.across),
        })),
      ),
    );
  const nearest = candidates.reduce<(typeof candidates)[number] | null>(
    (best, one) => (one.distance < (best?.distance ?? NEAR) ? one : best),
    null,
  );
  if (!nearest) return null;
  const { lane, layer, head } = nearest;
  return {
    lane,
    place: placeAt(quantity, layer),
    view: viewOf(quantity),
    ...(head >= 0 && { head }),
  };
}

/** The view that says most about a quantity. */
const viewOf = ({ of, statistic }: Quantity): Inspecting['view'] => {
  if (of === 'head') return 'attention';
  const isForward = (statisticsOf('forward') as string[]).includes(statistic);
  return of === 'site' && isForward ? 'channels' : 'distribution';
};

/** The site that a mark of a block in the stack writes. */
function siteOf(mark: Element, layer: number, config: ReturnType<typeof drawnConfig>): string {
  const branches = mark
    .closest('[data-branches]')!
    .getAttribute('data-branches')!
    .split(' ') as Sublayer[];
  const branch = (mark.getAttribute('data-branch') ?? branches[0]!) as Sublayer;
  const updates = updatesOf(config);
  const drawn = mark.closest('.st-row')!.querySelectorAll(`[data-layer="${layer}"]`).length;
  // In a narrow column one update stands for the whole block.
  if (drawn < updates.length) return 'resid_post';
  const isLast = updates.findIndex((update) => update.includes(branch)) === updates.length - 1;
  const after = isLast ? 'resid_post' : 'resid_mid';
  if (mark.matches('.st-f')) return `${branch}_out`;
  if (mark.matches('.st-add')) return after;
  if (mark.getAttribute('data-name') === 'norm_out') return `${branch}_add`;
  const { placement } = layerPlans(config)[layer]!;
  return placementGraph(placement).after.includes('norm') ? after : `${branch}_in`;
}

/** The mark of the stack under a click; null where there is none. */
function markAt(stack: Element, { x, y }: Position, { getState }: ScopeStore): At | null {
  const isUnder = (element: Element) => {
    const box = element.getBoundingClientRect();
    const room = Math.max(0, (12 - box.height) / 2);
    return (
      x >= box.left - room && x <= box.right + room && y >= box.top - room && y <= box.bottom + room
    );
  };
  const rows = [...stack.querySelectorAll('.st-row')];
  for (const [row, element] of rows.entries()) {
    const lane = getState().lanes[row];
    if (!lane || !isUnder(element)) continue;
    const marks = element.querySelectorAll(
      '[data-branches] :is(.st-f, .st-add, .st-norm:not([data-absent]))',
    );
    const mark = [...marks].findLast(isUnder);
    if (!mark) return null;
    const layer = Number(mark.closest('[data-layer]')!.getAttribute('data-layer'));
    return { lane: lane.id, place: `blocks.${layer}.${siteOf(mark, layer, drawnConfig(lane))}` };
  }
  return null;
}

let isByPointer = false;
/** Tells once of the inspector as it opens that a pointer did it: the focus stays where it was. */
export const wasOpenedByPointer = (): boolean => {
  const was = isByPointer;
  isByPointer = false;
  return was;
};

/**
 * A click on a point of a panel, or on a mark of the stack, opens the inspector there; anywhere else it does what it
 * did. The function that comes back ends that.
 */
export function openByClicks(bench: HTMLElement, store: ScopeStore): () => void {
  const { getState, actions } = store;
  let pressed: Position | null = null;
  const press = ({ clientX: x, clientY: y }: PointerEvent) => {
    pressed = { x, y };
  };
  const click = (event: MouseEvent) => {
    const target = event.target as Element;
    const here = { x: event.clientX, y: event.clientY };
    const hasMoved = pressed && Math.hypot(pressed.x - here.x, pressed.y - here.y) > STILL;
    if (event.shiftKey || hasMoved) return;
    const panel = target.closest('[data-panel]')?.getAttribute('data-panel') as keyof View | null;
    const plot = target.closest('.plot');
    const stack = target.closest('.st-stack');
    const quantity = panel && (getState().view[panel] as Quantity | null);
    const at =
      (plot && quantity && typeof quantity === 'object' && pointAt(plot, here, quantity)) ||
      (stack && markAt(stack, here, store));
    const scope = getState();
    const { view: page, selected } = scope;
    const { inspect } = page;
    const layer = at && layerOf(at.place);
    // A sheet would cover what a click may have been meant for: it opens in the layer that is marked.
    const mark = at && layer !== null ? markOf(scope, at.lane, layer) : null;
    const isMarked = onlyLayer(selected) === (mark && mark.from);
    if (!at || (inspect === null && matchMedia(AS_SHEET).matches && !isMarked)) return;
    event.stopPropagation();
    isByPointer = inspect === null;
    // An open view stays, unless a head was clicked: only one view has heads.
    const { view = 'channels', ...place } = at;
    actions.inspect(inspect && view !== 'attention' ? place : { view, ...place });
    if (mark) actions.select(mark);
  };
  bench.addEventListener('pointerdown', press, true);
  bench.addEventListener('click', click);
  return () => {
    bench.removeEventListener('pointerdown', press, true);
    bench.removeEventListener('click', click);
  };
}
