import { create } from 'zustand';

/** Heights of the sheet that labs are on a small screen, from the lowest up. */
export const HEIGHTS = ['low', 'half', 'full'] as const;
export type Height = (typeof HEIGHTS)[number];

/** The height that the sheet was left at. */
export const useSheet = create<Height>(() => 'half');

export const setSheet = (height: Height): void => useSheet.setState(height, true);
