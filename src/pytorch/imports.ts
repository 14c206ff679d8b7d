/** Modules of Python's own, then those of PyTorch; `as` is what code calls them. */
const STANDARD = [
  'argparse',
  'contextlib',
  'functools',
  'hashlib',
  'json',
  'math',
  'os',
  're',
  'signal',
  'struct',
  'sys',
  'warnings',
];
const FROM: [module: string, names: string[]][] = [
  ['array', ['array']],
  ['pathlib', ['Path']],
  [
    'typing',
    [
      'Any',
      'Callable',
      'Dict',
      'Iterator',
      'List',
      'NamedTuple',
      'NoReturn',
      'Optional',
      'Tuple',
      'Union',
    ],
  ],
];
const TORCH: [use: RegExp, line: string][] = [
  [/\btorch\./, 'import torch'],
  [/(?<!\.)\bdist\./, 'import torch.distributed as dist'],
  [/(?<!\.)\bdist_nn\./, 'import torch.distributed.nn.functional as dist_nn'],
  [/(?<!\.)\bF\./, 'import torch.nn.functional as F'],
];

/** The imports that code needs, found by the names that it contains. */
export function importsOf(code: string): string {
  const has = (name: string, after = '\\b') => new RegExp(`(?<![.\\w"])${name}${after}`).test(code);
  const froms = (from: [string, string[]][]) =>
    from.flatMap(([module, names]) => {
      const needed = names.filter((name) => has(name));
      return needed.length ? [`from ${module} import ${needed.join(', ')}`] : [];
    });
  return [
    [
      ...STANDARD.filter((name) => has(name, '\\.')).map((name) => `import ${name}`),
      ...froms(FROM),
    ],
    [
      ...TORCH.filter(([use]) => use.test(code)).map(([, line]) => line),
      ...froms([['torch', ['Tensor', 'nn']]]),
    ],
  ]
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}
