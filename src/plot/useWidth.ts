import { useSize } from './useSize';

/** An element's width in whole pixels, followed as it changes; 0 until it is in the page. */
export function useWidth(): [(element: HTMLElement | null) => void, number] {
  const [attach, size] = useSize();
  return [attach, size?.width ?? 0];
}
