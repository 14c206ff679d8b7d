import { createContext, createElement, useContext, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Actions, Scope, ScopeStore } from '../runs/state';

const ScopeContext = createContext<ScopeStore | null>(null);

/** Gives everything below it the page's state. */
export const ScopeProvider = ({ store, children }: { store: ScopeStore; children: ReactNode }) =>
  createElement(ScopeContext.Provider, { value: store }, children);

/** The state itself, for code that reads it when something happens and not when it draws. */
export function useScopeStore(): ScopeStore {
  const store = useContext(ScopeContext);
  if (!store) throw new Error('useScope needs a <ScopeProvider> above it.');
  return store;
}

/** The value that `selector` picks; the component renders again when that changes (by Object.is). */
export const useScope = <T>(selector: (scope: Scope) => T): T =>
  useStore(useScopeStore(), selector);

/** Steps follow one another on show, whether they are made or were: nothing glides, and axes move rarely. */
export const useMoving = (): boolean => useScope((s) => s.playing || s.moment !== 'live');

/** Everything that can be done to the state; the same object for the life of the page. */
export const useActions = (): Actions => useScopeStore().actions;
