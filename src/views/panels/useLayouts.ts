import { useShallow } from 'zustand/shallow';
import type { Layout } from '../../protocol/frame';
import { useScope } from '../scope';

/** The layouts of the lanes' measurements: the same array for as long as their models are the same. */
export const useLayouts = (): Layout[] =>
  useScope(useShallow(({ lanes }) => lanes.flatMap(({ shown }) => (shown ? [shown.layout] : []))));
