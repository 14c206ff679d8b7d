import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { LabDesk, Labs } from '../../labs/desk/desk';
import type { Lab } from '../../labs/lab';
import type { LabProgress } from '../../labs/progress';

interface Doing {
  desk: LabDesk;
  lab: Lab;
}
const DoingContext = createContext<Doing | null>(null);

/** The lab that is being done. */
export const DoingProvider = DoingContext.Provider;

export function useDoing(): Doing {
  const doing = useContext(DoingContext);
  if (!doing) throw new Error('A task stands outside of a lab.');
  return doing;
}

/** A part of how far the lab is. */
export const useProgress = <T>(select: (progress: LabProgress) => T): T =>
  useStore(useDoing().desk.store, ({ progress }) => select(progress!));

/** Where a task stands that is judged by itself, in words. */
export const useStanding = (id: string): string | undefined =>
  useStore(useDoing().desk.store, ({ standing }: Labs) => standing[id]);
