import { nearest, shortened } from '../lib/words';
import { checkValue, complete, difference, type Problem } from '../config/check';
import { formatValue, readPairs, VERSION, versionProblem } from '../config/codec';
import { DEFAULTS, isKey, type Config, type Value } from '../config/fields';
import { placements, type PlacementId } from '../config/placements';
import { DEFAULT_VIEW, LANE_IDS, type LaneId, type View } from './state';
import { readView, UNPREFIXED, writeView } from './viewCodec';

/** Everything that a link holds. */
export interface Page {
  /** One per lane; the first one is what the others are told apart from. */
  configs: Config[];
  view: View;
  /** The step of the past that was on show where the link is from. */
  step?: number | undefined;
  /** Where lanes, by their place, went on from: the place of another, and the step of its run. */
  forks?: readonly (Pedigree | null)[] | undefined;
}

export interface Pedigree {
  of: number;
  step: number;
}

/** A fault of a link, with the lane whose settings it is in. */
export interface LinkProblem extends Problem {
  lane: LaneId;
}

/** The placement that a new lane takes: one that none has, the textbook pair first. */
export function nextPlacement(used: PlacementId[]): PlacementId {
  const rest = Object.keys(placements) as PlacementId[];
  const free = (['post', 'pre', ...rest] as PlacementId[]).find((id) => !used.includes(id));
  const last = rest.indexOf(used.at(-1) ?? 'none');
  return free ?? rest[(last + 1) % rest.length]!;
}

export const sameConfig = (a: Config, b: Config): boolean =>
  Object.keys(difference(a, b)).length === 0;

/** The lane that stands beside `configs` when nothing is said about it. */
const unsaid = (configs: Config[], base: Config): Config =>
  complete({ placement: nextPlacement(configs.map((c) => c.placement)) }, base).config;

export const DEFAULT_PAGE: Page = {
  configs: [DEFAULTS, unsaid([DEFAULTS], DEFAULTS)],
  view: DEFAULT_VIEW,
};

type Pair = [key: string, text: string];

const settings = (changes: Partial<Config>, prefix = ''): Pair[] =>
  Object.entries(changes).map(([key, v]) => [prefix + key, formatValue(v as Value)]);

/** A lane after the first, told apart from it. The second one is not told when it is the unsaid one. */
function laneSettings(first: Config, config: Config, index: number): Pair[] {
  if (index === 1 && sameConfig(unsaid([first], first), config)) return [];
  const changes = difference(first, config);
  const prefix = `${LANE_IDS[index]}.`;
  // A lane that is the same as the first is told by a setting that it shares, or it would not be told.
  return settings(Object.keys(changes).length ? changes : { placement: config.placement }, prefix);
}

const FORK = 'fork';

/** The pedigree that a link tells of a lane: another lane before `count`, and a step. */
function pedigreeIn(text: string, lane: number, count: number): Pedigree | null {
  const [, letter, step] = /^([a-d])@(\d{1,9})$/.exec(text) ?? [];
  const of = LANE_IDS.indexOf(letter as LaneId);
  return of >= 0 && of < count && of !== lane ? { of, step: Number(step) } : null;
}

/** Text that a link can hold, with the signs that need no escape left to be read. */
const escape = (text: string) =>
  encodeURIComponent(text).replace(/%(?:40|3A|2C|2F)/g, decodeURIComponent);

/** The part of a link after #: what differs from the page as it opens; empty when nothing does. */
export function encodeLink({ configs, view, step, forks = [] }: Page): string {
  const [first = DEFAULTS, ...others] = configs;
  const pairs: Pair[] = [
    ...settings(difference(DEFAULTS, first)),
    ...others.flatMap((config, i) => laneSettings(first, config, i + 1)),
    ...forks.flatMap((fork, i): Pair[] =>
      fork ? [[(i ? `${LANE_IDS[i]}.` : '') + FORK, `${LANE_IDS[fork.of]}@${fork.step}`]] : [],
    ),
    // More lanes are seen from their settings.
    ...(others.length ? [] : [['lanes', '1'] satisfies Pair]),
    ...writeView(view),
    ...(step === undefined ? [] : [['view.step', String(step)] satisfies Pair]),
  ];
  if (!pairs.length) return '';
  const all: Pair[] = [['v', String(VERSION)], ...pairs];
  return all.map(([key, text]) => `${key}=${escape(text)}`).join('&');
}

/** The number of lanes that a link speaks of, and the fault of what it says of that. */
function countLanes(told: string | undefined, last: number): { count: number; problem?: string } {
  const inferred = Math.max(2, last + 1);
  if (told === undefined) return { count: inferred };
  if (/^[1-4]$/.test(told)) return { count: Number(told) };
  return {
    count: inferred,
    problem: `lanes is “${shortened(told)}”; it must be a whole number from 1 to ${LANE_IDS.length}.`,
  };
}

/** A sentence on a key whose first part names neither a lane nor the view; null where it has none. */
function strayPrefix(key: string): string | null {
  const [, prefix, name] = /^([A-Za-z]+)\.(.+)$/.exec(key) ?? [];
  if (prefix === undefined || name === undefined) return null;
  const wrong = (way: string) => `Unknown setting “${shortened(key)}”. ${way}`;
  if (prefix.length > 1)
    return nearest(prefix, ['view']) && wrong(`Did you mean view.${shortened(name)}?`);
  const lane = prefix.toLowerCase();
  if (lane === 'a') return wrong(`Settings of lane A stand without a letter: ${shortened(name)}.`);
  return (LANE_IDS as readonly string[]).includes(lane)
    ? wrong(`Letters of lanes are small: ${lane}.${shortened(name)}.`)
    : wrong('Known are four lanes, a to d.');
}

/**
 * The page that a link names. What cannot be read is explained; the rest applies.
 *
 * @param start what the first lane differs from
 */
export function decodeLink(hash: string, start = DEFAULTS): Page & { problems: LinkProblem[] } {
  const problems: LinkProblem[] = [];
  const ownPairs: Pair[][] = LANE_IDS.map(() => []);
  const viewPairs: Pair[] = [];
  const stray: string[] = [];
  const page = new Map<string, string>();
  for (const [key, text] of new URLSearchParams(hash.replace(/^#/, ''))) {
    const lane = /^([b-d])\.(.*)$/.exec(key);
    if (key === 'v' || key === 'lanes') page.set(key, text);
    else if (key.startsWith('view.') || UNPREFIXED.has(key)) viewPairs.push([key, text]);
    else if (lane) ownPairs[LANE_IDS.indexOf(lane[1] as LaneId)]!.push([lane[2]!, text]);
    else if (strayPrefix(key) !== null) stray.push(key);
    else ownPairs[0]!.push([key, text]);
  }

  const about = (lane: LaneId, found: Problem[]) =>
    found.forEach((problem) =>
      problems.push({
        ...problem,
        lane,
        message: lane === 'a' ? problem.message : `Lane ${lane.toUpperCase()}: ${problem.message}`,
      }),
    );
  about(
    'a',
    stray.map((key) => ({ key, message: strayPrefix(key)! })),
  );
  about('a', versionProblem(page.get('v') ?? null));

  const last = ownPairs.findLastIndex((pairs) => pairs.length > 0);
  const { count, problem } = countLanes(page.get('lanes'), last);
  if (problem) about('a', [{ key: 'lanes', message: problem }]);

  const configs: Config[] = [];
  const forks: (Pedigree | null)[] = [];
  ownPairs.forEach((told, i) => {
    const lane = LANE_IDS[i]!;
    const pairs = told.filter(([key]) => key !== FORK);
    if (i >= count) {
      if (pairs.length) {
        const message = `Its settings are left out, because lanes is ${count}.`;
        about(lane, [{ key: pairs[0]![0], message }]);
      }
      return;
    }
    const [, fork] = told.find(([key]) => key === FORK) ?? [];
    forks[i] = fork === undefined ? null : pedigreeIn(fork, i, count);
    if (fork !== undefined && !forks[i]) {
      const message = `fork is “${shortened(fork)}”; it must be another lane and a step, as in a@200.`;
      about(lane, [{ key: FORK, message }]);
    }
    const base = configs[0] ?? start;
    const read = readPairs(pairs);
    const { config, problems: found } = complete(read, base);
    const isTold = Object.entries(read).some(
      ([key, value]) => isKey(key) && 'value' in checkValue(key, value),
    );
    configs.push(i === 0 || isTold ? config : unsaid(configs, base));
    about(lane, found);
  });

  const { view, step, problems: found } = readView(viewPairs);
  about('a', found);
  return { configs, view, step, forks: forks.some(Boolean) ? forks : undefined, problems };
}
