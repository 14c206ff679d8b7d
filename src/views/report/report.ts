import katex from 'katex';
import { difference } from '../../config/check';
import { DEFAULTS, field, KEYS, type Config } from '../../config/fields';
import { onPaper } from '../../figures/paper';
import { panelsIn, takeFigure } from '../../figures/take';
import { momentOf } from '../panels/figures';
import { formatCount, formatSignificant } from '../../plot/format';
import { inkOf } from '../../plot/ink';
import {
  engineStep,
  type Lane,
  type SavedFile,
  type Scope,
  type ScopeStore,
} from '../../runs/state';
import { showValue } from '../lanes/values';
import { laneLook, lanesOnShow, named } from '../panels/lanes';
import { besideEquation, blockEquations, planOf } from '../strip/equations';
import { marksOf } from '../time/marks';
import { fromWhere } from '../time/pedigree';
import { laneLetter } from '../ui/LaneMark';
import { reportHtml, type ReportLane } from './html';

const mathML = (tex: string): string =>
  katex.renderToString(tex, { output: 'mathml', throwOnError: false, strict: false });

function equationsOf(config: Config): Pick<ReportLane, 'equations' | 'beside'> {
  const plan = planOf(config, null);
  const { before, update, after } = blockEquations(config, plan);
  return {
    equations: [...before, update, ...after].map(mathML),
    beside: besideEquation(config, plan, false).join('; '),
  };
}

const settingsOf = (config: Config): ReportLane['settings'] => {
  const changed = difference(DEFAULTS, config);
  return KEYS.filter((key) => key in changed).map((key) => ({
    label: field(key).label,
    value: showValue(key, config[key]),
  }));
};

const stateOf = ({ shown }: Lane): string =>
  shown
    ? `Step ${formatCount(shown.frame.step)}, loss ${formatSignificant(shown.frame.loss)}.`
    : 'No frame of the step on show.';

const originOf = ({ recorded, engine }: Lane): string => {
  if (recorded) return `Recorded, opened from a file. ${recorded.notes.join(' ')}`;
  const { device } = engine;
  return device ? `Computed on ${device.backend}, ${device.adapter}.` : '';
};

function laneOf(lane: Lane, name: string, lanes: readonly Lane[]): ReportLane {
  const { id, recorded } = lane;
  const config = (lane.shown ?? lane).config;
  // A file that names no settings says nothing of a block.
  const isKnown = !recorded?.notes.some((note) => note.includes('settings are not known'));
  return {
    ...{ letter: laneLetter(id), name, colour: inkOf(laneLook(id).colour) },
    ...{ state: stateOf(lane), origin: originOf(lane) },
    ...(isKnown ? equationsOf(config) : { equations: [], beside: '' }),
    settings: isKnown ? settingsOf(config) : [],
    events: marksOf([{ ...lane, from: fromWhere(lane, lanes) }]).map(({ step, text }) => ({
      step: `step ${formatCount(step)}`,
      text,
    })),
  };
}

/** The page as it is seen, on paper: what was set, what happened, and every panel with its sentence. */
export function reportOf(store: ScopeStore, app: string, now: Date): SavedFile {
  const scope: Scope = store.getState();
  const link = store.actions.link(scope.moment !== 'live');
  const panels = panelsIn(document).flatMap(
    (panel) => takeFigure(panel, link, momentOf(panel, scope)) ?? [],
  );
  if (!panels.length) throw new Error('Nothing is drawn yet.');
  const lanes = onPaper([document.body], () =>
    named(lanesOnShow(scope)).map(({ lane, name }) => laneOf(lane, name, scope.lanes)),
  );
  const step = Math.max(
    0,
    ...scope.lanes.map((lane) => lane.shown?.frame.step ?? engineStep(lane)),
  );
  const title = `${lanes.map(({ name }) => name).join(', ')} at step ${formatCount(step)}`;
  const html = reportHtml({
    ...{ title, app, link, lanes },
    when: now.toLocaleString('en', { dateStyle: 'long', timeStyle: 'short' }),
    figures: panels.map(({ figure, svg, width }) => {
      return { title: figure.title, sentence: figure.sentence, svg, width };
    }),
  });
  return {
    name: `normscope-report-step${step}.html`,
    blob: new Blob([html], { type: 'text/html' }),
  };
}
