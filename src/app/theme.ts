import { create } from 'zustand';
import { recall, remember } from '../views/ui/remembered';

type Theme = 'light' | 'dark';

const system = matchMedia('(prefers-color-scheme: dark)');
const isTheme = (text: string | null): text is Theme => text === 'light' || text === 'dark';

const systemTheme = (): Theme => (system.matches ? 'dark' : 'light');
export const useTheme = create<Theme>(() => systemTheme());
let chosen: Theme | null = null;
const current = (): Theme => chosen ?? systemTheme();

function show(): void {
  document.documentElement.dataset.theme = current();
  useTheme.setState(current(), true);
}

/** Before anything is drawn: the theme chosen here before, else the system's. */
export function startTheme(): void {
  const remembered = recall('theme');
  chosen = isTheme(remembered) ? remembered : null;
  system.addEventListener('change', show);
  show();
}

export const otherTheme = (theme: Theme): Theme => (theme === 'dark' ? 'light' : 'dark');

/** The other theme. Back at the system's own, the page follows the system again. */
export function switchTheme(): void {
  const next = otherTheme(current());
  chosen = next === systemTheme() ? null : next;
  remember('theme', chosen ?? 'system');
  show();
}
