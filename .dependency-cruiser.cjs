const { folders, reserved } = require('./test/imports/table.cjs');

const names = Object.keys(folders);
/** A folder without the rooms in it that have lines of their own. */
const own = (name) =>
  `${name}/${names
    .filter((room) => room.startsWith(`${name}/`))
    .map((room) => `(?!${room.slice(name.length + 1)}/)`)
    .join('')}`;
const inside = (names) => `^src/(${names.map(own).join('|')})`;

module.exports = {
  forbidden: [
    ...Object.entries(folders).map(([folder, allowed]) => ({
      name: `folder-${folder}`,
      comment: `src/${folder} may import ${allowed.join(', ') || 'no other folder'}.`,
      severity: 'error',
      from: { path: inside([folder]) },
      to: { path: '^src/', pathNot: inside([folder, ...allowed]) },
    })),
    ...Object.entries(reserved).map(([name, { packages, folders: allowed }]) => ({
      name: `only-${name}`,
      comment: `Only ${allowed.join(', ')} may import this package.`,
      severity: 'error',
      from: { path: '^src/', pathNot: inside(allowed) },
      to: { path: packages },
    })),
    {
      name: 'only-node',
      comment: 'Node built-ins are for the command line and for files that say so in their name.',
      severity: 'error',
      from: { path: '^src/', pathNot: [inside(['cli']), '/node[A-Z][^/]*[.]ts$'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-cycles',
      comment: 'Modules that import each other in a circle cannot be read one at a time.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'src-alone',
      comment: 'The product does not import its tests, tools or build.',
      severity: 'error',
      from: { path: '^src/' },
      to: { pathNot: '^src/|node_modules', dependencyTypes: ['local'] },
    },
    {
      name: 'no-unresolved',
      comment: 'The import leads nowhere.',
      severity: 'error',
      from: { path: '^src/' },
      // A module that the build makes has no file.
      to: { couldNotResolve: true, pathNot: '^virtual:' },
    },
    {
      name: 'no-dev-packages',
      comment: 'What the product imports is a dependency, not a development dependency.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        pathNot: '@types/|@webgpu/',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // What compiles the kernels is no part of the product.
    exclude: { path: '^src/kernels/assembly/build[.]js$' },
    // Types bind as values do: an `import type` counts.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'default'] },
  },
};
