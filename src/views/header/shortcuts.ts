import { useEffect } from 'react';
import { LANE_IDS, type Actions, type LaneId } from '../../runs/state';

interface Shortcut {
  /** Values of `KeyboardEvent.key`, lower case. */
  keys: string[];
  /** How the keys are called. */
  shown: string;
  does: string;
}

export const SHORTCUTS = {
  play: { keys: [' '], shown: 'space', does: 'Play or pause' },
  step: { keys: ['arrowright', '.'], shown: '→ .', does: 'One step' },
  reset: { keys: ['r'], shown: 'R', does: 'Back to step 0' },
  lane: { keys: ['1', '2', '3', '4'], shown: '1–4', does: 'Go to a lane’s controls' },
  help: { keys: ['?'], shown: '?', does: 'This help' },
} satisfies Record<string, Shortcut>;

export type ShortcutId = keyof typeof SHORTCUTS;
const IDS = Object.keys(SHORTCUTS) as ShortcutId[];

/** What typing goes into, whatever the key. */
const FIELDS = 'input, textarea, select, [contenteditable], [role="menu"], [role="dialog"]';
/** What has a use of its own for the keys. */
const OWNERS: Record<string, string> = {
  ' ': 'button, a, summary, [role="button"], [role="radio"], [role="switch"], [role="menuitem"]',
  arrowright:
    '[role="radio"], [role="slider"], [role="tab"], [tabindex]:not(button):not([tabindex="-1"])',
};

/**
 * The shortcut that a key press means, or null where it belongs to something else. What was `pointed` at
 * has the focus by accident: who clicks a toggle and then presses space wants to play.
 */
export function shortcutOf(event: KeyboardEvent, pointed: boolean): ShortcutId | null {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return null;
  const key = event.key.toLowerCase();
  const target = event.target instanceof Element ? event.target : null;
  const owners = OWNERS[key];
  if (target?.closest(FIELDS)) return null;
  if (owners && !pointed && target?.closest(owners)) return null;
  return IDS.find((id) => SHORTCUTS[id].keys.includes(key)) ?? null;
}

export const laneElementId = (id: LaneId) => `lane-${id}`;

function focusLane(key: string): void {
  const id = LANE_IDS[Number(key) - 1];
  if (!id) return;
  // On a small screen the other lanes are behind their tabs, which open when they get the focus.
  const element =
    document.getElementById(laneElementId(id)) ??
    document.querySelector<HTMLElement>(`[data-lane-tab="${id}"]`);
  element?.scrollIntoView({ block: 'nearest' });
  element?.focus({ preventScroll: true });
}

/** Listens to the page’s keys. `help` opens the help. */
export function useShortcuts(
  { play, pause, stepOnce, reset }: Actions,
  playing: boolean,
  help: () => void,
): void {
  useEffect(() => {
    const run: Record<ShortcutId, (key: string) => void> = {
      play: () => (playing ? pause() : play()),
      step: stepOnce,
      reset,
      lane: focusLane,
      help,
    };
    let pointed = false;
    const point = () => {
      pointed = true;
    };
    const pressed = (event: KeyboardEvent) => {
      const id = shortcutOf(event, pointed);
      if (!id) {
        pointed = false;
        return;
      }
      event.preventDefault();
      run[id](event.key);
    };
    document.addEventListener('pointerdown', point, { capture: true });
    document.addEventListener('keydown', pressed);
    return () => {
      document.removeEventListener('pointerdown', point, { capture: true });
      document.removeEventListener('keydown', pressed);
    };
  }, [play, pause, stepOnce, reset, playing, help]);
}
