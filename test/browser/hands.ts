/** The two ways in which a person without a mouse works the page. */
import type { Locator, Page } from 'playwright-core';

import { pauseButton, playButton } from './driver';

export interface Hand {
  press(control: Locator): Promise<void>;
  play(): Promise<void>;
  pause(): Promise<void>;
  /** One step of training. */
  step(): Promise<void>;
  /** Shows a recorded step, a multiple of ten steps before the last one. */
  goBack(to: number, last: number): Promise<void>;
}

/** Further than from one end of the page to the other. */
const MOST_STOPS = 250;

/** The key that brings the focus nearer to a control; null where it is there. */
const wayTo = (control: Locator) =>
  control.evaluate((element) => {
    const at = document.activeElement ?? document.body;
    if (at === element) return null;
    const isBack = at.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING;
    const menu = element.closest('[role="menu"]');
    if (menu?.contains(at)) return isBack ? 'ArrowUp' : 'ArrowDown';
    const group = element.closest('[role="radiogroup"], [role="tablist"]');
    if (group?.contains(at)) return isBack ? 'ArrowLeft' : 'ArrowRight';
    return isBack ? 'Shift+Tab' : 'Tab';
  });

async function reach(page: Page, control: Locator): Promise<void> {
  await control.waitFor();
  await page.waitForFunction(
    (element) => {
      const popup = element.closest('[role="menu"], [role="dialog"]');
      return !popup || popup.contains(document.activeElement);
    },
    (await control.elementHandle())!,
  );
  for (let i = 0; i < MOST_STOPS; i++) {
    const key = await wayTo(control);
    if (key === null) return;
    await page.keyboard.press(key);
  }
  throw new Error(`No key leads to ${String(control)}.`);
}

export function keyboard(page: Page): Hand {
  const press = async (control: Locator) => {
    await reach(page, control);
    const isOfMenu = (await page.locator('[role="menu"] :focus').count()) > 0;
    await page.keyboard.press('Enter');
    // The focus goes back to the menu’s button, a little later.
    if (isOfMenu) await page.locator('[aria-haspopup="menu"]:focus').waitFor();
  };
  const playOrPause = async () => {
    // Not on a button, which has a use of its own for the space key.
    await page.keyboard.press('1');
    await page.keyboard.press('Space');
  };
  return {
    press,
    play: playOrPause,
    pause: playOrPause,
    step: () => page.keyboard.press('ArrowRight'),
    goBack: async (to, last) => {
      for (let at = last; at > to; at -= 10) await page.keyboard.press('Shift+ArrowLeft');
    },
  };
}

export const touch = (page: Page): Hand => ({
  press: (control) => control.tap(),
  play: () => playButton(page).tap(),
  pause: () => pauseButton(page).tap(),
  step: () => page.getByRole('button', { name: 'One step' }).tap(),
  goBack: async (to, last) => {
    const track = page.getByRole('slider', { name: 'Step on show' });
    const { width, height } = (await track.boundingBox())!;
    await track.tap({ position: { x: (width * to) / last, y: height / 2 } });
    // A finger is wider than a step.
    const shown = async () => Number(await track.getAttribute('aria-valuenow'));
    while ((await shown()) !== to) {
      const way = (await shown()) > to ? 'back' : 'on';
      await page.getByRole('button', { name: `One recorded step ${way}` }).tap();
    }
  },
});
