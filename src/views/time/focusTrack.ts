/** To the slider of recorded steps, from a button that goes or is off once it was pressed. */
export const focusTrack = (): void => document.querySelector<HTMLElement>('.tm-track')?.focus();
