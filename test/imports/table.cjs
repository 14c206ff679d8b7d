/**
 * Who may import whom in src/. A folder that is not in this table may not exist, and one that is
 * may import itself, the folders named here, and nothing else of ours.
 */
const folders = {
  lib: [],
  config: ['lib'],
  theory: ['lib', 'config'],
  kernels: ['lib'],
  model: ['lib', 'config', 'kernels'],
  tasks: ['lib', 'config', 'kernels'],
  optim: ['lib', 'config', 'kernels'],
  stats: ['lib', 'config', 'kernels'],
  protocol: ['lib', 'config'],
  engine: ['lib', 'config', 'kernels', 'model', 'tasks', 'optim', 'stats', 'protocol'],
  runs: ['lib', 'config', 'protocol'],
  plot: ['lib'],
  views: ['lib', 'config', 'theory', 'protocol', 'runs', 'plot'],
  lessons: ['lib', 'config', 'theory', 'protocol', 'runs', 'plot', 'views'],
  app: ['lib', 'config', 'theory', 'protocol', 'runs', 'plot', 'views', 'lessons'],
  cli: [
    'lib',
    'config',
    'theory',
    'kernels',
    'model',
    'tasks',
    'optim',
    'stats',
    'protocol',
    'engine',
    'runs',
  ],
};

/** Outside packages and built-ins that only these folders may import. */
const reserved = {
  tensorflow: {
    packages: '(^|/)@tensorflow/',
    folders: ['kernels', 'model', 'optim', 'stats', 'engine', 'cli'],
  },
  react: {
    // The root of zustand is its React binding; stores are made with zustand/vanilla.
    packages: [
      '(^|/)(react|react-dom|radix-ui|@radix-ui)(/|$)',
      '(^|/)zustand(/esm)?(/(index|react|shallow|traditional)([./]|$)|$)',
    ],
    folders: ['plot', 'views', 'lessons', 'app'],
  },
};

module.exports = { folders, reserved };
