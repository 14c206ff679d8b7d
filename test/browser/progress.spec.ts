import { expect } from 'vitest';
import { curves, lane } from './driver';
import { whenReady } from './page';
import { test } from './test';

declare global {
  interface Window {
    /** Each bar that was shown, by its lane and work, with its values in turn. */
    bars: Record<string, number[]>;
  }
}

/** The page's clock goes twenty times as fast: a build of 50 ms takes it a second, on any machine. */
function hurryClock(): void {
  const now = performance.now.bind(performance);
  performance.now = () => 20 * now();
}

function watchBars(): void {
  window.bars = {};
  const look = () => {
    for (const bar of document.querySelectorAll('[role=progressbar]')) {
      const values = (window.bars[bar.getAttribute('aria-label') ?? ''] ??= []);
      const value = Number(bar.getAttribute('aria-valuenow'));
      if (values.at(-1) !== value) values.push(value);
    }
  };
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
  });
}

test('a model that takes long shows how far it is, then its curves', async ({ open }) => {
  const hash = 'v=1&n_layers=48&d_model=96&b.placement=post';
  const page = await open({ hash, before: [hurryClock, watchBars], waitForReady: false });
  await whenReady({ page, problems: [] });
  for (const letter of ['A', 'B']) {
    await lane(page, letter)
      .getByRole('progressbar')
      .waitFor({ state: 'detached', timeout: 60_000 });
  }
  expect((await curves(page, 'activation magnitude')).filter(Boolean)).toHaveLength(2);

  const bars = await page.evaluate(() => window.bars);
  for (const letter of ['A', 'B']) {
    const values = bars[`Lane ${letter}: first step`] ?? [];
    expect(values.length).toBeGreaterThan(1);
    expect(values).toEqual([...values].sort((a, b) => a - b));
  }
});
