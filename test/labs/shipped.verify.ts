import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { appText } from '../../src/cli/input';
import type { Config } from '../../src/config/fields';
import { openNodeBackend } from '../../src/engine/nodeBackend';
import type { Course } from '../../src/labs/course';
import { runOf } from '../../src/labs/course';
import type { Evidence } from '../../src/labs/evidence';
import { pageFaults, pageOf } from '../../src/labs/grading/pages';
import type { Check } from '../../src/labs/lab';
import { judge } from '../../src/labs/language/evaluate';
import { readLab } from '../../src/labs/parse';
import { evidenceOf } from '../../src/labs/run/evidence';
import { make } from '../../src/labs/run/make';
import { exercisesOf, pageAt } from '../../src/labs/walk';
import { reachOf, wantedBy } from '../../src/labs/wanted';
import type { LaneId } from '../../src/runs/laneId';
import { EXPERIMENTS } from './experiments';

/* Every check of the labs that ship, with right and wrong experiments under several seeds: some minutes. */

let text = '';
beforeAll(async () => {
  await openNodeBackend('wasm');
  text = await appText();
}, 120_000);

function checkOf(lab: string, id: string): { check: Check; page: string } {
  const read = readLab(readFileSync(`public/labs/${lab}.md`, 'utf8'), lab).lab!;
  const found = exercisesOf(read).find(({ exercise }) => exercise.id === id)!;
  expect(found.exercise.kind).toBe('check');
  return { check: found.exercise as Check, page: pageAt(read, found.step)! };
}

async function holds({ check, page }: ReturnType<typeof checkOf>, tried: string, seed: number) {
  const { lanes } = pageOf(`${page}&${tried}`);
  const step = reachOf(check.when.node);
  const runs = Object.entries(lanes).map(([id, config]) => {
    const course: Course = [
      { step: 0, config: { ...(config as Config), seed: config.seed + seed } },
    ];
    return { id: id as LaneId, course, run: runOf(course, step, { name: '', print: '' }) };
  });
  const evidence: Evidence = {};
  for (const { id, course, run } of runs)
    evidence[id] = evidenceOf(
      course,
      step,
      await make(course, wantedBy(check.when.node, id, run), text),
      text,
    );
  const judged = judge(check.when, evidence);
  expect(judged).toHaveProperty('value');
  // The seed is the test’s own.
  const faults = pageFaults(
    pageOf(page.replace('view.open=', 'view.open=seed,').replace(',none', '')),
    Object.fromEntries(runs.map(({ id, run }) => [id, run])),
  );
  return { isPassed: 'value' in judged && judged.value.holds, faults };
}

const cases = Object.entries(EXPERIMENTS).flatMap(([lab, checks]) =>
  Object.entries(checks).flatMap(([id, { right, wrong, seeds = [0, 1, 2] }]) =>
    [right, wrong].flatMap((all, i) =>
      all.map((tried) => ({ lab, id, tried, isRight: i === 0, seeds })),
    ),
  ),
);

test.each(cases)(
  '$lab, $id with “$tried”: $isRight',
  async ({ lab, id, tried, isRight, seeds }) => {
    const exercise = checkOf(lab, id);
    for (const seed of seeds) {
      const { isPassed, faults } = await holds(exercise, tried, seed);
      expect(isPassed, `seed ${seed}`).toBe(isRight);
      if (isRight) expect(faults).toEqual([]);
    }
  },
);
