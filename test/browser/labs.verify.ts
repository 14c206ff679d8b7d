import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';

import { grade } from '../../src/cli/gradeProgram';
import { LABS } from '../../src/labs/catalogue';
import { exercisesOf } from '../../src/labs/walk';
import { isRightOf, labOf, openOffline, walkLab, type Student, type Walked } from './labs/walk';
import { test } from './test';

/* Every lab that ships, done twice from start to end by a page without a network: some minutes each. */

const HOUR = 3600_000;

test.for(LABS)(
  '$title is done without a network, and its report is accepted',
  { timeout: HOUR },
  async ({ id }, { open }) => {
    const lab = labOf(id);
    const first: Student = { name: 'first', picksRight: true, knows: null, errs: true };
    const done: [Student, Walked][] = [[first, await walkLab(await openOffline(open), lab, first)]];
    const second: Student = {
      ...{ name: 'second', picksRight: false, knows: done[0]![1].measured, errs: false },
    };
    done.push([second, await walkLab(await openOffline(open), lab, second)]);

    const folder = mkdtempSync(join(tmpdir(), 'normscope-labs-'));
    try {
      const files = done.map(([{ name }, { json }]) => {
        const path = join(folder, `${name}.json`);
        writeFileSync(path, json);
        return path;
      });
      await grade([...files, '--out', folder, '--jobs', '1'], { write: () => true });
      for (const [student, { report, html }] of done) {
        const predictions = exercisesOf(lab).flatMap(({ exercise }) =>
          exercise.kind === 'predict' ? [exercise] : [],
        );
        expect(report.predictions.map((one) => [one.id, one.isRight])).toEqual(
          predictions.map((one) => [one.id, isRightOf(student, one)]),
        );
        expect(report.checks.every(({ isPassed }) => isPassed)).toBe(true);
        expect(html).toContain(lab.title);
        const results = JSON.parse(
          readFileSync(join(folder, student.name, 'results.json'), 'utf8'),
        ) as { output: string; tests: { name: string; score: number; output: string }[] };
        expect(results.output).toContain('All runs were made again, and every number is theirs.');
        const points = Object.fromEntries(
          results.tests.map(({ name, score }) => [name.split(' ').at(-1)!, score]),
        );
        expect(points).toEqual(
          Object.fromEntries(
            exercisesOf(lab).map(({ exercise }) => [
              exercise.id,
              exercise.kind === 'predict' && !isRightOf(student, exercise) ? 0 : 1,
            ]),
          ),
        );
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
