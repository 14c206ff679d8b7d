import { useShallow } from 'zustand/shallow';
import type { Layout } from '../../protocol/frame';
import { useScope } from '../scope';

/** What the lanes have measured: the same array for as long as their models are the same. */
export const useLayouts = (): Layout[] =>
  useScope(useShallow(({ lanes }) => lanes.flatMap(({ shown }) => (shown ? [shown.layout] : []))));
