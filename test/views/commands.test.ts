import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { PLOT_KEYS, zoomOf } from '../../src/plot/keys';
import type { ScopeStore } from '../../src/runs/state';
import { COMMANDS } from '../../src/views/commands';
import { HelpText } from '../../src/views/header/HelpText';
import { ScopeProvider } from '../../src/views/scope';

it('no key means two things', () => {
  for (const list of [Object.values(COMMANDS), PLOT_KEYS]) {
    const keys = list.flatMap<string>(({ keys }) => keys);
    expect(new Set(keys).size).toBe(keys.length);
  }
});

it('one key zooms out as far as the other zooms in', () => {
  expect(zoomOf('+')! * zoomOf('-')!).toBe(1);
  expect(zoomOf('ArrowRight')).toBeUndefined();
});

it('the help lists every key', () => {
  const text = renderToStaticMarkup(
    createElement(ScopeProvider, {
      store: { actions: {} } as ScopeStore,
      children: createElement(HelpText),
    }),
  );
  for (const { title, shown } of [...Object.values(COMMANDS), ...PLOT_KEYS]) {
    expect(text).toContain(`<kbd>${shown}</kbd></dt><dd>${title}</dd>`);
  }
});
