import { toHtml } from 'hast-util-to-html';
import type { Root } from 'hast';
import { formatSignificant } from '../lib/significant';
import type { LaneRun, LaneRuns } from './evidence';
import type { Lab } from './lab';
import type { LabReport, ReportedEvidence } from './report';
import { exercisesOf, type LabExercise } from './walk';

/** HTML that is made here; everything else is put in as text. */
class Html {
  constructor(readonly source: string) {}
}
const NONE = new Html('');

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign]!);

type Part = string | number | Html | readonly Html[];
const partOf = (part: Part): string => {
  if (part instanceof Html) return part.source;
  if (Array.isArray(part)) return part.map(partOf).join('');
  return escaped(String(part));
};
const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(String.raw({ raw: strings }, ...parts.map(partOf)));

const STYLE = `
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { margin-bottom: 0; } h2 { margin-top: 2.5rem; border-bottom: 1px solid; } h3 { margin-bottom: 0.25rem; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.1rem 1rem; } dd { margin: 0; overflow-wrap: anywhere; }
  table { border-collapse: collapse; } th, td { padding: 0.1rem 1rem 0.1rem 0; text-align: left; font-weight: normal; }
  td { font-variant-numeric: tabular-nums; } code { font-size: 0.9em; overflow-wrap: anywhere; }
  section { break-inside: avoid; } img { max-width: 100%; background: #fff; } pre { white-space: pre-wrap; font: inherit; }
  .scroll { overflow-x: auto; }
`;
/** Nothing is loaded, and nothing runs. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/** A picture as an image: what it holds can neither run nor load anything. */
const imageOf = (svg: string, alt: string): Html => {
  const bytes = new TextEncoder().encode(svg);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return html`<img src="data:image/svg+xml;base64,${btoa(binary)}" alt="${alt}" />`;
};

/** An address that leads to a page; of anything else the words alone. */
function linkOf(link: string, app: string | null, words: string): Html {
  const address =
    /^https?:\/\//.test(link) || app === null ? link : `${app}#${link.replace(/^#/, '')}`;
  return /^https?:\/\//.test(address)
    ? html`<a href="${address}" rel="noopener noreferrer">${words}</a>`
    : html`<code>${link}</code>`;
}

const dateOf = (iso: string): Html =>
  html`<time datetime="${iso}">${iso.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</time>`;

const numberText = (value: number | string) =>
  typeof value === 'number' ? formatSignificant(value, 4) : value;

const settingsText = (settings: LaneRun['changes'][number]['settings']): string =>
  Object.entries(settings)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(', ') || 'the defaults';

function runHtml(id: string, { changes, step, text, hasWeights }: LaneRun): Html {
  const later = changes
    .slice(1)
    .map(({ step: at, settings }) => html`; from step ${at} on ${settingsText(settings)}`);
  return html`<dt>Lane ${id.toUpperCase()}</dt>
    <dd>
      ${settingsText(changes[0]?.settings ?? {})}${later}; at step
      ${step}${text ? html`; text “${text.name}”` : NONE}${
        hasWeights ? html`; began with the weights of a file` : NONE
      }
    </dd>`;
}
const runsHtml = (runs: LaneRuns): Html =>
  html`<dl>${Object.entries(runs).map(([id, run]) => runHtml(id, run))}</dl>`;

const evidenceHtml = ({ runs, readings }: ReportedEvidence): Html =>
  html`${
    readings.length
      ? html`<div class="scroll" tabindex="0">
          <table>
            <tbody>
              ${readings.map(
                ({ reading, value }) =>
                  html`<tr>
                    <th scope="row"><code>${reading}</code></th>
                    <td>${numberText(value)}</td>
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>`
      : NONE
  }
  ${runsHtml(runs)}`;

/** Content of a lab is sanitized when it is read. */
const contentHtml = (content: Root): Html => new Html(toHtml(content));

function answerHtml(task: LabExercise | undefined, given: number | readonly number[]): Html {
  const asks = task?.kind === 'predict' ? task.asks : null;
  if (asks?.kind === 'choice' && typeof given === 'number') {
    const option = asks.options[given];
    return option ? contentHtml(option.text) : html`<p>Option ${given + 1}</p>`;
  }
  const unit = asks?.kind === 'number' ? ` ${asks.unit}` : '';
  return typeof given === 'number'
    ? html`<p>${numberText(given)}${unit}</p>`
    : html`<p>By layer: ${given.map(numberText).join(', ')}</p>`;
}

const VERDICTS = { true: 'Right.', false: 'Not right.', null: 'Not judged.' } as const;

/**
 * A report for people: one file of HTML that loads nothing and runs nothing, of a report that passed `readReport`.
 *
 * @param lab whose questions are shown; null where it is not there
 * @param app the address of the app, which links lead to; null where it has none
 */
export function reportHtml(report: LabReport, lab: Lab | null, app: string | null = null): string {
  const { predictions, checks, figures, reflections, device } = report;
  const tasks = lab ? exercisesOf(lab).map(({ exercise }) => exercise) : [];
  const taskOf = (id: string) => tasks.find((task) => task.id === id);
  const questionOf = (id: string) => {
    const task = taskOf(id);
    return task ? contentHtml(task.content) : NONE;
  };
  const part = (title: string, all: readonly Html[]): Html =>
    all.length
      ? html`<h2>${title}</h2>
          ${all}`
      : NONE;
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${new Html(POLICY)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${report.lab.title} · ${report.student}</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <main>
          <h1>${report.lab.title}</h1>
          <dl>
            <dt>Student</dt>
            <dd>${report.student || 'not named'}</dd>
            <dt>Begun</dt>
            <dd>${dateOf(report.began)}</dd>
            <dt>Saved</dt>
            <dd>${dateOf(report.saved)}</dd>
            <dt>Made with</dt>
            <dd>
              Normscope
              ${report.app}${device ? html`, ${device.backend} on ${device.adapter}` : NONE}
            </dd>
            <dt>Lab</dt>
            <dd><code>${report.lab.id}</code>, print <code>${report.lab.print}</code></dd>
          </dl>
          ${part(
            'Predictions',
            predictions.map(
              ({ id, given, at, measured, isRight }) =>
                html`<section>
                  <h3>${id}</h3>
                  ${questionOf(id)}
                  <p><strong>Predicted</strong>, ${dateOf(at)}:</p>
                  ${answerHtml(taskOf(id), given)}
                  <p>
                    <strong>${VERDICTS[String(isRight) as keyof typeof VERDICTS]}</strong
                    >${measured ? ' Measured:' : ''}
                  </p>
                  ${measured ? evidenceHtml(measured) : NONE}
                </section>`,
            ),
          )}
          ${part(
            'Tasks and checks',
            checks.map(
              ({ id, isPassed, attempts, at, evidence }) =>
                html`<section>
                  <h3>${id}</h3>
                  ${questionOf(id)}
                  <p>
                    <strong>${isPassed ? 'Passed' : 'Not passed'}</strong>, attempt ${attempts},
                    ${dateOf(at)}.
                  </p>
                  ${evidenceHtml(evidence)}
                </section>`,
            ),
          )}
          ${part(
            'Figures',
            figures.map(
              ({ id, at, link, svg }) =>
                html`<section>
                  <h3>${id}</h3>
                  ${questionOf(id)}
                  <figure>
                    ${imageOf(svg, `The figure ${id}`)}
                    <figcaption>
                      ${dateOf(at)}. ${linkOf(link, app, 'The page of this figure')}
                    </figcaption>
                  </figure>
                </section>`,
            ),
          )}
          ${part(
            'Reflections',
            reflections.map(
              ({ id, text }) =>
                html`<section>
                  <h3>${id}</h3>
                  ${questionOf(id)}
                  <pre>${text}</pre>
                </section>`,
            ),
          )}
        </main>
      </body>
    </html> `;
  return document.source;
}
