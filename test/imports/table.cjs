/**
 * Who may import whom in src/. A folder that is not in this table may not exist, and one that is
 * may import itself, the folders named here, and nothing else of ours. A folder inside another that
 * has a line of its own is a room: the line of the outer folder does not speak of it.
 */
const folders = {
  lib: [],
  config: ['lib'],
  kernels: ['lib'],
  model: ['lib', 'config', 'kernels'],
  tasks: ['lib', 'config', 'kernels'],
  optim: ['lib', 'config', 'kernels'],
  stats: ['lib', 'config', 'kernels'],
  normCosts: ['lib', 'config'],
  'normCosts/measure': ['lib', 'config', 'kernels', 'model', 'normCosts'],
  protocol: ['lib', 'config', 'normCosts'],
  inspect: ['lib', 'config', 'protocol'],
  engine: [
    'lib',
    'config',
    'kernels',
    'model',
    'tasks',
    'optim',
    'stats',
    'normCosts',
    'normCosts/measure',
    'protocol',
  ],
  theory: ['lib', 'config'],
  pytorch: ['lib', 'config'],
  'normCosts/desk': ['lib', 'config', 'normCosts', 'protocol'],
  runs: ['lib', 'config', 'tasks', 'theory', 'normCosts', 'normCosts/desk', 'protocol', 'inspect'],
  claims: ['lib', 'config', 'theory', 'protocol', 'runs'],
  sweeps: ['lib', 'config', 'protocol', 'runs'],
  'sweeps/run': ['lib', 'config', 'kernels', 'protocol', 'runs', 'engine', 'sweeps'],
  'sweeps/desk': ['lib', 'config', 'protocol', 'runs', 'sweeps'],
  plot: ['lib'],
  figures: ['lib', 'plot'],
  views: [
    'lib',
    'config',
    'theory',
    'pytorch',
    'protocol',
    'inspect',
    'claims',
    'runs',
    'sweeps',
    'sweeps/desk',
    'plot',
    'figures',
  ],
  'normCosts/views': [
    'lib',
    'config',
    'normCosts',
    'normCosts/desk',
    'protocol',
    'runs',
    'plot',
    'views',
  ],
  app: [
    'lib',
    'config',
    'normCosts/desk',
    'normCosts/views',
    'protocol',
    'runs',
    'sweeps/desk',
    'plot',
    'views',
  ],
  cli: [
    'lib',
    'config',
    'kernels',
    'model',
    'tasks',
    'optim',
    'stats',
    'protocol',
    'engine',
    'runs',
    'theory',
    'claims',
    'pytorch',
    'sweeps',
    'sweeps/run',
  ],
};

/** Outside packages and built-ins that only these folders may import. */
const reserved = {
  tensorflow: {
    packages: '(^|/)@tensorflow/',
    folders: ['kernels', 'model', 'optim', 'stats', 'normCosts/measure', 'engine', 'cli'],
  },
  react: {
    // The root of zustand is its React binding; stores are made with zustand/vanilla.
    packages: [
      '(^|/)(react|react-dom|radix-ui|@radix-ui)(/|$)',
      '(^|/)zustand(/esm)?(/(index|react|shallow|traditional)([./]|$)|$)',
    ],
    folders: ['plot', 'views', 'normCosts/views', 'app'],
  },
};

module.exports = { folders, reserved };
