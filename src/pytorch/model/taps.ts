import type { BlockSite, Sublayer } from '../../config/blockSites';
import type { Config } from '../../config/fields';
import { interventionsOf, type Intervention } from '../../config/interventions';
import { python } from '../code';

/** The kind of site at which an intervention changes what flows; null where it changes no signal. */
function actsAt(one: Intervention): BlockSite | null {
  switch (one.kind) {
    case 'scale':
      return `${one.sublayer}_add`;
    case 'silence':
      // Without values a head gives 0, and nothing flows back to its queries and keys.
      return 'attn.v';
    case 'noise':
      return one.site;
    case 'freeze':
      return null;
  }
}

/** The condition under which an intervention acts, or nothing where it always does. */
function conditionOf({ layers, steps }: Intervention, { n_layers }: Config): string {
  const isLimited = layers.from > 0 || layers.to < n_layers - 1;
  const within =
    layers.from === layers.to
      ? `self.layer == ${layers.from}`
      : `${layers.from} <= self.layer <= ${layers.to}`;
  const from = steps.from > 0 ? `${steps.from} <= now.step` : '';
  const to = steps.to < Infinity ? `${from || 'now.step'} <= ${steps.to}` : from;
  return [isLimited && within, to].filter(Boolean).join(' and ');
}

/** The signal as an intervention leaves it. */
function changed(x: string, site: string, one: Intervention): string {
  switch (one.kind) {
    case 'scale':
      return `${one.factor} * ${x}`;
    case 'silence':
      return `${x} * all_but(${one.head}, ${x})`;
    case 'noise':
      return `${x} + ${one.std} * noise(${site}, ${x}, now)`;
    case 'freeze':
      return x;
  }
}

/** Tests of a pass that depends on the step, by a random draw or by what is done at some steps. */
export const readsStep = (config: Config): boolean =>
  config.dropout > 0 ||
  config.stochastic_depth > 0 ||
  interventionsOf(config).some(
    (one) =>
      actsAt(one) !== null &&
      (one.kind === 'noise' || one.steps.from > 0 || one.steps.to < Infinity),
  );

/** Arguments of the model's functions beside x. */
export const given = (config: Config) => (readsStep(config) ? 'tap, now' : 'tap');
export const takes = (config: Config) =>
  readsStep(config) ? 'x: Tensor, tap: Tap, now: Now' : 'x: Tensor, tap: Tap';

/** Of a statement in a method. */
const LONGEST = 92;

/** Whose code it is that taps: a block or one of its sublayers, which `self.name` names. */
const nameOf = (kind: BlockSite, owner: 'block' | Sublayer) =>
  `f"{self.name}${owner === 'block' ? `.${kind}` : kind.slice(owner.length)}"`;

/**
 * Statements after which `variable` is what flows at a site, told to the tap: the value, as interventions leave it.
 * Without a variable it is told alone.
 */
export function tapped(
  [variable, value]: readonly [variable: string | null, value: string],
  kind: BlockSite,
  owner: 'block' | Sublayer,
  config: Config,
): string {
  const site = nameOf(kind, owner);
  const acting = interventionsOf(config).filter((one) => actsAt(one) === kind);
  const to = variable === null ? '' : `${variable} = `;
  const x = variable ?? 'unread';
  const line = `${to}tap(${site}, ${value})`;
  if (acting.length === 0) {
    return line.length <= LONGEST ? line : `${x} = ${value}\n${to}tap(${site}, ${x})`;
  }
  return python`
    ${x !== value && `${x} = ${value}`}
    ${acting.map((one) => {
      const statement = `${x} = ${changed(x, site, one)}`;
      const condition = conditionOf(one, config);
      return condition ? `if ${condition}:\n    ${statement}` : statement;
    })}
    ${to}tap(${site}, ${x})
  `;
}

/** Dropout in training, of what is called so in the names of draws. */
export const droppedLines = (x: string, name: string, { dropout: p }: Config): string =>
  p > 0 ? `if self.training:\n    ${x} = dropped(${x}, DROPOUT, ${name}, now)` : '';

/** Statements and then the return of `variable`; in one where the last statement makes it. */
export function returned(variable: string, statements: readonly string[]): string {
  const lines = statements.filter(Boolean).join('\n').split('\n');
  const last = lines.at(-1)!;
  const made = `${variable} = `;
  return last.startsWith(made)
    ? [...lines.slice(0, -1), `return ${last.slice(made.length)}`].join('\n')
    : [...lines, `return ${variable}`].join('\n');
}

/** Tests of a model in which something is done to some of the layers alone. */
const readsLayer = (config: Config): boolean =>
  interventionsOf(config).some((one) => conditionOf(one, config).includes('self.layer'));

/** Attributes by which a module of a layer knows its sites. */
export const namedLines = (owner: 'block' | Sublayer, config: Config): string => python`
  ${readsLayer(config) && 'self.layer = layer'}
  self.name = f"blocks.{layer}${owner === 'block' ? '' : `.${owner}`}"
`;
