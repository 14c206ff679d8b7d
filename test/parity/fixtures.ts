import { readFileSync, writeFileSync } from 'node:fs';
import type { RecordFrame } from '../../src/runs/record';

/** What both compute of a frame. */
export type ComputedFrame = Omit<RecordFrame, 'tokens' | 'evaluation'>;

/** What was computed of a run: the frames, as in a record, and the RMS of every buffer after them. */
export interface Computed {
  sites: string[];
  frames: ComputedFrame[];
  buffers: Record<string, number>;
}

export interface Fixture {
  name: string;
  /** What it was computed from. */
  settings: Record<string, unknown>;
  computed: Computed;
}

const PATH = `${import.meta.dirname}/fixtures.jsonl`;

/** One fixture on a line, after a line that says who computed them. */
export function writeFixtures(by: string, fixtures: Fixture[]): void {
  const lines = [{ by }, ...fixtures].map((line) => `${JSON.stringify(line)}\n`);
  writeFileSync(PATH, lines.join(''));
}

export function readFixtures(): Fixture[] {
  const [, ...lines] = readFileSync(PATH, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Fixture);
}
