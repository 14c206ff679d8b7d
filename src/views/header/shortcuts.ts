import { useEffect } from 'react';
import { COMMANDS, type Command, type PageControls } from '../commands';

const ALL: readonly Command[] = Object.values(COMMANDS);

/** Elements that take typed text, whatever the key. */
const FIELDS = 'input, textarea, select, [contenteditable], [role="menu"], [role="dialog"]';
/** Elements in which arrows and their like go from one to the next. */
const MOVING =
  '[role="radio"], [role="slider"], [role="tab"], [tabindex]:not(button):not([tabindex="-1"])';
/** Elements that have a use of their own for a key. */
const OWNERS: Record<string, string> = {
  ' ': 'button, a, summary, [role="button"], [role="radio"], [role="switch"], [role="menuitem"]',
  ...Object.fromEntries(['arrowleft', 'arrowright', 'home', 'end'].map((key) => [key, MOVING])),
};

/**
 * The command that a key press means, or undefined where it belongs to something else. The element that was
 * `pointed` at has the focus by accident: who clicks a toggle and then presses space wants to play.
 */
export function commandOf(event: KeyboardEvent, pointed: boolean): Command | undefined {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const key = event.key.toLowerCase();
  const target = event.target instanceof Element ? event.target : null;
  const owners = OWNERS[key];
  if (target?.closest(FIELDS)) return undefined;
  if (owners && !pointed && target?.closest(owners)) return undefined;
  const pressed = event.shiftKey && key.length > 1 ? `shift+${key}` : key;
  return ALL.find(({ keys }) => keys.includes(pressed));
}

/** Runs commands at their keys. `page` must stay the same object. */
export function useShortcuts(page: PageControls): void {
  useEffect(() => {
    let pointed = false;
    const point = () => {
      pointed = true;
    };
    const pressed = (event: KeyboardEvent) => {
      const command = commandOf(event, pointed);
      if (!command) {
        pointed = false;
        return;
      }
      event.preventDefault();
      command.run(page, event.key);
    };
    document.addEventListener('pointerdown', point, { capture: true });
    document.addEventListener('keydown', pressed);
    return () => {
      document.removeEventListener('pointerdown', point, { capture: true });
      document.removeEventListener('keydown', pressed);
    };
  }, [page]);
}
