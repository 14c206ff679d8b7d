/** Experiments on the page of a lab’s step, by the controls that a student has. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { field, type Config, type Key, type Value } from '../../../src/config/fields';
import { difference } from '../../../src/config/check';
import { formatValue } from '../../../src/config/codec';
import { whyLocked } from '../../../src/runs/access';
import { LANE_IDS, type LaneId } from '../../../src/runs/laneId';
import { decodeLink } from '../../../src/runs/link';
import { fieldOf, lane, openGroup, pauseButton, playButton, settings, stepShown } from '../driver';
import { whenIdle } from '../tap';

/** Settings that stand on the lanes themselves. */
const ON_LANES: readonly Key[] = ['placement', 'norm'];

const letterOf = (id: LaneId) => id.toUpperCase();

async function pickIn(page: Page, label: string): Promise<void> {
  await page.getByRole('menuitemradio', { name: label, exact: true }).click();
}

const labelOf = (key: Key, value: Value): string => {
  const of = field(key);
  return of.kind === 'choice' ? of.choices[String(value)]!.label : String(value);
};

/** Changes a setting of one lane, or of all of them. */
async function change(page: Page, key: Key, value: Value, ids: readonly LaneId[]): Promise<void> {
  const { label, kind, group } = field(key);
  if (ON_LANES.includes(key)) {
    for (const id of ids) {
      await lane(page, letterOf(id))
        .getByRole('button', { name: `${label}: every choice` })
        .click();
      await pickIn(page, labelOf(key, value));
    }
    return;
  }
  const target = settings(page).getByRole('radiogroup', { name: 'Lanes that the settings change' });
  if (await target.count()) {
    const name = ids.length > 1 ? 'All lanes' : `Lane ${letterOf(ids[0]!)} alone`;
    await target.getByRole('radio', { name }).click();
  }
  await openGroup(page, group);
  if (kind === 'choice') {
    await settings(page)
      .getByRole('button', { name: new RegExp(`^${label}: `) })
      .click();
    await pickIn(page, labelOf(key, value));
  } else if (kind === 'flag') {
    await settings(page).getByRole('switch', { name: label, exact: true }).click();
  } else {
    const typed = await fieldOf(page, label);
    await typed.fill(formatValue(value));
    await typed.press('Enter');
  }
}

const laneConfigs = (page: Page): Config[] => decodeLink(new URL(page.url()).hash).configs;

/** Sets the page to an experiment: by its controls, or where it locks one of them by its address. */
export async function setUp(page: Page, link: string, tried: string): Promise<void> {
  const from = decodeLink(link);
  const to = decodeLink(`${link}&${tried}`);
  const changes = to.configs.map((config, i) => difference(from.configs[i]!, config));
  const keys = [...new Set(changes.flatMap((one) => Object.keys(one) as Key[]))];
  if (keys.some((key) => whyLocked(from.view, key))) {
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `${link}&${tried}`);
  } else
    for (const key of keys) {
      const set = changes.flatMap((one, i) =>
        key in one ? [{ id: LANE_IDS[i]!, value: one[key]! }] : [],
      );
      const isAll =
        set.length === changes.length && set.every(({ value }) => value === set[0]!.value);
      if (isAll)
        await change(
          page,
          key,
          set[0]!.value,
          set.map(({ id }) => id),
        );
      else for (const { id, value } of set) await change(page, key, value, [id]);
    }
  await expect.poll(() => laneConfigs(page)).toEqual(to.configs);
  await whenIdle(page);
}

/** Trains until a step at least; an alarm that stops the run on its way is let go by. */
export async function trainThrough(page: Page, step: number): Promise<void> {
  while ((await stepShown(page)) < step) {
    if (await playButton(page).count()) await playButton(page).click();
    await page.waitForTimeout(150);
  }
  if (await pauseButton(page).count()) await pauseButton(page).click();
  await whenIdle(page);
}
