import type { Block, Lab } from '../lab';
import type { LabReport } from '../report';
import type { Finding } from './finding';

/** Clocks differ: a report may be saved so far in the future, in milliseconds. */
const AHEAD = 24 * 3600e3;

/** The exercise that each other one is shown after, where it stands in what is revealed. */
function shownAfter(blocks: readonly Block[], after: string | null = null): [string, string][] {
  return blocks.flatMap((block) => {
    if (block.kind === 'reveal') return shownAfter(block.blocks, block.after);
    return block.kind === 'prose' || after === null ? [] : [[block.id, after] as [string, string]];
  });
}

const shown = (date: string) => date.replace(/\.\d+/, '').replace('T', ' ');

/** Dates that cannot be: answers before the lab was begun, or before what they follow was shown. */
export function dateFindings(lab: Lab, report: LabReport, now: number): Finding[] {
  const { began, saved, predictions, checks, figures } = report;
  const dated = new Map([...predictions, ...checks, ...figures].map(({ id, at }) => [id, at]));
  const late = (a: string, b: string) => Date.parse(a) > Date.parse(b);
  const found: Finding[] = [];
  const tell = (id: string | null, reason: string) => found.push({ kind: 'date', id, reason });
  if (late(began, saved))
    tell(null, `The lab was begun on ${shown(began)} and saved before that, on ${shown(saved)}.`);
  if (Date.parse(saved) > now + AHEAD)
    tell(null, `It was saved on ${shown(saved)}, which is still to come.`);
  for (const [id, at] of dated) {
    if (late(began, at))
      tell(id, `It was recorded on ${shown(at)}, before the lab was begun, on ${shown(began)}.`);
    if (late(at, saved))
      tell(id, `It was recorded on ${shown(at)}, after the report was saved, on ${shown(saved)}.`);
  }
  for (const [id, after] of lab.steps.flatMap(({ blocks }) => shownAfter(blocks))) {
    const [at, before] = [dated.get(id), dated.get(after)];
    if (at === undefined) continue;
    if (before === undefined)
      tell(id, `It is shown after “${after}” is answered, which is not in the report.`);
    else if (late(before, at))
      tell(
        after,
        `It was recorded on ${shown(before)}, after “${id}”, which is shown only then: on ${shown(at)}.`,
      );
  }
  return found;
}
