import type { Config, Key } from '../../config/fields';
import { KEYS } from '../../config/fields';
import { formatValue } from '../../config/codec';
import { listed } from '../../lib/words';
import { whyLocked } from '../../runs/access';
import { LANE_IDS, type LaneId } from '../../runs/laneId';
import { decodeLink } from '../../runs/link';
import type { View } from '../../runs/view';
import { courseOf, type Course } from '../course';
import type { LaneRuns } from '../evidence';

/** The page of a step: the lanes that it opens, and what may be changed on it. */
export interface StepPage {
  lanes: Partial<Record<LaneId, Config>>;
  view: Pick<View, 'open'>;
}

export function pageOf(link: string): StepPage {
  const { configs, view } = decodeLink(link);
  return { lanes: Object.fromEntries(configs.map((config, i) => [LANE_IDS[i]!, config])), view };
}

const lockedIn = (page: StepPage, from: Config, course: Course): Key[] =>
  KEYS.filter(
    (key) => whyLocked(page.view, key) && course.some(({ config }) => config[key] !== from[key]),
  );

/** Reasons why runs are not of a page: its locked settings are other ones. */
export function pageFaults(page: StepPage, runs: LaneRuns): string[] {
  if (!page.view.open) return [];
  return Object.entries(runs).flatMap(([id, run]) => {
    const course = courseOf(run);
    if (typeof course === 'string') return [];
    const name = `Lane ${id.toUpperCase()}`;
    const own = page.lanes[id as LaneId];
    if (!own && whyLocked(page.view, 'lanes')) return [`${name} is not on the page of this step.`];
    // A lane that was added has the locked settings of one that was there.
    const candidates = (own ? [own] : Object.values(page.lanes)).map((from) => ({
      from,
      keys: lockedIn(page, from, course),
    }));
    const { from, keys } = candidates.sort((a, b) => a.keys.length - b.keys.length)[0]!;
    if (!keys.length) return [];
    const values = keys.map((key) => {
      const other = course.find(({ config }) => config[key] !== from[key])!.config[key];
      return `${key} is ${formatValue(other)} and not ${formatValue(from[key])}`;
    });
    return [`${name} has settings that are locked on the page of this step: ${listed(values)}.`];
  });
}
