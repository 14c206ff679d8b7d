import { norms } from '../../config/norms';
import { PASSES, type Pass } from '../work';
import { percent } from '../../lib/percent';
import { formatSignificant } from '../../plot/format';
import type { NormCost, PassCost, Roof } from '../protocol';
import type { NormCosts } from '../desk/costs';
import { Figures } from '../../views/ui/Figures';
import { LaneMark } from '../../views/ui/LaneMark';
import { About } from '../../views/panels/About';
import type { NamedLane } from '../../views/panels/lanes';
import { alone, farRoof, nearRoof, reached, savingOf, stepShare, usersOf } from './read';
import { amount, duration, rate } from './sentences';

const ROOFLINE = 'Williams, Waterman, Patterson 2009, Roofline';

interface Given {
  roof: Roof;
  costs: NormCosts;
  lanes: readonly NamedLane[];
}

interface Column {
  title: string;
  about: { formula?: string; note: string; source?: string };
  of(cost: NormCost, given: Given): { text: string; title?: string };
}

/** The median, and the quartiles for whoever rests the pointer. */
const timed = ({ ms }: Pick<PassCost, 'ms'>) => ({
  text: ms.median > 0 ? duration(ms.median) : 'in the noise',
  title: `quartiles ${duration(ms.low)} to ${duration(ms.high)}`,
});
const near = (cost: NormCost, { roof }: Given) => reached(alone(cost), nearRoof(roof));
const pass = (name: Pass) => (cost: NormCost) => timed(cost.variants.alone[name]);

const ofPasses = (cost: NormCost, say: (pass: PassCost) => string) =>
  PASSES.map((pass) => `${pass} ${say(cost.variants.alone[pass])}`).join(', ');

const COLUMNS: Column[] = [
  {
    title: 'forward',
    about: { note: 'Median time of the norm forward, as training runs it.' },
    of: pass('forward'),
  },
  {
    title: 'backward',
    about: {
      formula: String.raw`t_\text{forward and backward} - t_\text{forward}`,
      note: 'What forward and backward together take longer than forward alone. Its quartiles are as far apart as those of both allow.',
    },
    of: pass('backward'),
  },
  {
    title: 'with sum',
    about: {
      formula: String.raw`s = x + f,\; y = \mathrm{N}(s)`,
      note: 'Forward and backward with the residual sum before the norm, as training runs them: as two operations, on WebGPU as one; backward the gradient of the stream is added.',
    },
    of: ({ variants }) => timed({ ms: variants.added.bothMs }),
  },
  {
    title: 'one kernel',
    about: {
      note: 'The same in one pass over memory: a row is normalized while it is still in the cache. In brackets, what that saves. Empty where there is no such kernel.',
    },
    of(cost) {
      const { fused } = cost.variants;
      if (!fused) return { text: '–' };
      const { text, title } = timed({ ms: fused.bothMs });
      const saving = savingOf(cost)!;
      return { text: `${text} (${saving > 0 ? '−' : '+'}${percent(Math.abs(saving))})`, title };
    },
  },
  {
    title: 'moves',
    about: {
      formula: String.raw`4\,(2Nd + P)\ \text{forward},\quad 4\,(3Nd + P')\ \text{backward}`,
      note: 'Bytes that must be moved at least, forward and backward: every tensor read or written once, in float32. Forward x, y, parameters, running statistics (read and written); backward dy, x, dx, parameters and their gradients. With the sum 5Nd and 6Nd, in one kernel 4Nd and 4Nd.',
      source: ROOFLINE,
    },
    of: (cost) => ({
      text: amount(alone(cost).bytes),
      title: ofPasses(cost, ({ bytes }) => amount(bytes)),
    }),
  },
  {
    title: 'reaches',
    about: {
      formula: String.raw`\text{bytes}/t`,
      note: 'Those bytes over the time of forward and backward.',
    },
    of: (cost, given) => ({ text: rate(near(cost, given).bytesPerSecond, 'B/s') }),
  },
  {
    title: 'flop/byte',
    about: {
      formula: String.raw`I = \text{flops}/\text{bytes}`,
      note: 'Arithmetic intensity. A sum, a product, a quotient, an elementary function (tanh, erf, exp) is one operation; counted is what is done for each of the N·d numbers, not what is done once for each token or feature.',
      source: ROOFLINE,
    },
    of: (cost, given) => ({
      text: formatSignificant(near(cost, given).intensity, 2),
      title: ofPasses(cost, ({ flops }) => `${formatSignificant(flops / 1e6)} MFLOP`),
    }),
  },
  {
    title: 'of the roof',
    about: {
      formula: String.raw`\max(\text{bytes}/\beta,\; \text{flops}/\pi)\,/\,t`,
      note: 'The least time that memory (β, of the fastest sum of this size or more) and processor (π, of a large product) allow, over the time taken.',
      source: ROOFLINE,
    },
    of: (cost, given) => ({
      text: percent(near(cost, given).share),
      title: `${percent(reached(alone(cost), farRoof(given.roof)).share)} of what memory beyond the caches allows`,
    }),
  },
  {
    title: 'of a step',
    about: {
      formula: String.raw`n\,(t_\text{forward} + t_\text{backward})/t_\text{step}`,
      note: 'Were all norms of d_model features of the first lane this one: their number times its time, over the lane’s measured time of a step, statistics included. Empty before step 30, and at another size than the lane’s.',
    },
    of(cost, { costs, lanes }) {
      const share = lanes[0] && stepShare(cost, lanes[0].lane, costs);
      return share ? { text: percent(share.share), title: `${share.count} norms` } : { text: '–' };
    },
  },
];

/** Every norm with its numbers; those that lanes use have the lanes' marks. */
export function CostTable({ costs, roof, lanes }: Given) {
  return (
    <div className="nc-scroll" role="region" aria-label="What each norm costs" tabIndex={0}>
      <table className="nc-table">
        <thead>
          <tr>
            <th scope="col">norm</th>
            {COLUMNS.map(({ title, about }) => (
              <th key={title} scope="col">
                {title}
                <About title={title} {...about} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {costs.costs.map((cost) => {
            const users = usersOf(cost.norm, lanes);
            return (
              <tr key={cost.norm} data-used={users.length > 0 || undefined}>
                <th scope="row">
                  {norms[cost.norm].label}
                  {users.map(({ lane, name }) => (
                    <span key={lane.id} className="nc-user" title={`used by ${name}`}>
                      <LaneMark id={lane.id} size={11} />
                      <span className="ui-visually-hidden">used by {name}</span>
                    </span>
                  ))}
                </th>
                {COLUMNS.map((column) => {
                  const { text, title } = column.of(cost, { costs, roof, lanes });
                  return (
                    <td key={column.title} title={title}>
                      <Figures text={text} />
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
