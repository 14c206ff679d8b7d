import { difference } from '../../config/check';
import { formatValue } from '../../config/codec';
import { DEFAULTS, KEYS, type Config, type Value } from '../../config/fields';
import { hasEmbedNorm } from '../../config/layers';
import { laneNames } from '../../config/naming';
import { norms } from '../../config/norms';
import { placements, streamsOf, type PlacementId } from '../../config/placements';
import { literal, wrapped } from '../python';
import type { Section } from '../section';

/** A configuration in a few words, by what differs from the defaults. */
export const titleOf = (config: Config): string => laneNames([config, DEFAULTS])[0]!;

/** The most characters of a file's name. */
const LONGEST_NAME = 40;

/** The name of its file: letters, digits and underscores, a letter first; as many of its words as there is room for. */
export const moduleName = (config: Config): string => {
  const words =
    titleOf(config)
      .normalize('NFKD')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  const [name = ''] = wrapped(words.join(' '), LONGEST_NAME);
  const joined = name.replace(/ /g, '_');
  return /^[a-z]/.test(joined) ? joined : `model_${joined}`;
};

/** The residual update of a placement in plain letters, found by letting its definition act on them. */
export function updateInWords(id: PlacementId): string[] {
  const call = (name: string) => (x: string) => `${name}(${x})`;
  const { update } = placements[id];
  let added = '';
  const x = update<string>('x', {
    f: call('f'),
    norm: call('N'),
    norm_out: call('N_out'),
    amplify: (x) => `alpha ${x}`,
    add: (stream, branch) => {
      added = branch;
      return `${stream} + ${branch}`;
    },
  });
  const { enter, write, leave } = streamsOf(id);
  const names = Object.keys(enter('x'));
  const old = Object.fromEntries(names.map((name) => [name, name]));
  const plus = (a: string, b: string) => `${a} + ${b}`;
  const others = Object.entries(write(old, { x, added }, { plus })).filter(
    ([name]) => name !== 'x',
  );
  const left = leave(old, { plus, norm: call('N') });
  return [
    `x <- ${x}`,
    ...others.map(([name, value]) => `${name} <- ${value}`),
    ...(left === 'x' ? [] : [`out = ${left}`]),
  ];
}

/** Plain characters, as every editor and terminal has them. */
const PLAIN: [RegExp, string][] = [
  [/[‘’]/g, "'"],
  [/[“”]/g, "'"],
  [/₀/g, '0'],
  [/−/g, '-'],
];
const plain = (text: string): string =>
  PLAIN.reduce((said, [sign, instead]) => said.replace(sign, instead), text);

const WIDTH = 96;

/** The beginning of the file. */
export function docstring(config: Config): string {
  const { label, note, source } = placements[config.placement];
  const norm = norms[config.norm];
  const name = `${moduleName(config)}.py`;
  const settings = Object.entries(difference(DEFAULTS, config))
    .map(([key, value]) => `${key}=${formatValue(value as Value)}`)
    .join(' ');
  const paragraphs = [
    `A transformer in PyTorch, as Normscope has it: ${titleOf(config)}.`,
    `Settings that differ from its defaults: ${settings || 'none'}.`,
    [
      `Residual update of the placement ${label}, f attention or MLP, N ${norm.label}:`,
      ...(hasEmbedNorm(config) ? ['    x <- N(x) before the first block'] : []),
      ...updateInWords(config.placement).map((line) => `    ${line}`),
      ...wrapped(`${note}${source ? ` (${source})` : ''}`, WIDTH),
      ...wrapped(`${norm.label}: ${norm.note}${norm.source ? ` (${norm.source})` : ''}`, WIDTH),
    ].join('\n'),
    [
      'It needs PyTorch 1.13 or newer, and nothing else:',
      '',
      `    python3 ${name} --steps 100 --out run`,
      `    torchrun --nproc_per_node 4 ${name} --steps 100 --out run`,
      '',
      'writes run/record.json, which the page opens beside its own lanes; --help lists all flags.',
    ].join('\n'),
  ];
  const text = paragraphs
    .flatMap((part) => (part.includes('\n') ? [part] : [wrapped(part, WIDTH).join('\n')]))
    .join('\n\n');
  return `"""\n${plain(text).replace(/\\/g, '\\\\').replace(/"""/g, "'''")}\n"""\n`;
}

/** Every setting by its name, and by names of their own those that the code of other sections reads. */
export function settingsSection(config: Config, code: string): Section {
  const named = KEYS.filter((key) => {
    const name = key.toUpperCase();
    return new RegExp(`\\b${name}\\b`).test(code) && !new RegExp(`^${name}\\b.* =`, 'm').test(code);
  });
  const entries = KEYS.map((key) => `    "${key}": ${literal(config[key])},\n`).join('');
  const constants = named.map((key) => `${key.toUpperCase()} = CONFIG["${key}"]\n`).join('');
  return {
    title: 'Settings',
    code: `CONFIG: Dict[str, Any] = {\n${entries}}\n${constants && `\n${constants}`}`,
  };
}
