import { defineConfig } from 'eslint/config';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['dist/', 'shots/', 'coverage/', '.cache/', 'src/kernels/assembly/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strict, tseslint.configs.stylistic],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'no-cond-assign': 'error',
      'no-constant-condition': ['error', { checkLoops: 'allExceptWhileTrue' }],
      'no-empty': 'error',
      'no-loss-of-precision': 'error',
      'no-self-assign': 'error',
      'no-self-compare': 'error',
      'no-unsafe-finally': 'error',
      'no-useless-escape': 'error',
      'use-isnan': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'object-shorthand': 'error',
      'prefer-template': 'error',
      // A promise nobody waits for is a step that fails in silence.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { attributes: false } },
      ],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // "Do nothing" is a legitimate thing to hand to somebody.
      '@typescript-eslint/no-empty-function': 'off',
      // Index access is checked by the compiler (noUncheckedIndexedAccess); in a loop over a length
      // that was just read, `!` says what a guard would only pretend to handle.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Numeric loops over typed arrays keep their indices.
      '@typescript-eslint/prefer-for-of': 'off',
      // Shape tables and records read best in the form their author gave them.
      '@typescript-eslint/consistent-type-definitions': 'off',
    },
  },
  {
    // These run in a page or a worker: Node's globals type-check there, and are not there.
    files: ['src/**/*.{ts,tsx}'],
    ignores: ['src/cli/**', 'src/**/node[A-Z]*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'Buffer', 'global', 'require', '__dirname'],
    },
  },
  {
    files: ['src/{plot,views,normCosts/views,app}/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat.recommended],
    // A control looked up in a registry by the kind of its field is not made during render.
    rules: { 'react-hooks/static-components': 'off' },
  },
  {
    // Programs that talk to a terminal.
    files: ['src/cli/**/*.ts', 'test/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
);
