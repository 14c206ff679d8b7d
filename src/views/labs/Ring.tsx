import { useEffect, useRef } from 'react';
import type { Part } from '../../labs/lab';

/** The first of these that is on the page is the part: a small screen has other elements than a desk. */
const SELECTORS: Record<Part, string> = {
  magnitude: '[data-panel="magnitude"]',
  gradient: '[data-panel="gradient"]',
  attention: '[data-panel="attention"]',
  loss: '[data-panel="loss"]',
  stack: '.app-stack',
  lanes: '.ln-lanes, .ln-tabs',
  settings: '.ln-controls, .app-sheet-button',
  timeline: '.app-time',
  more: '.app-more',
  play: '.hd-transport',
  share: '.hd-share',
  claims: '.hd [aria-label="Claims"]',
  sweeps: '.hd [aria-label="Sweeps"]',
  labs: '.hd [aria-label="Labs"]',
  help: '.hd [aria-label^="Help"]',
};

/** Frames a part of the page, follows it, and brings it into sight once. */
export function Ring({ at }: { at: Part }) {
  const ring = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let frame = 0;
    // Pixels between a part and its frame: letters begin at the very edge of a panel.
    const apart = 4;
    let shown: Element | null = null;
    const follow = () => {
      frame = requestAnimationFrame(follow);
      const part = document.querySelector(SELECTORS[at]);
      if (part && part !== shown) part.scrollIntoView({ block: 'nearest' });
      shown = part;
      const { style } = ring.current!;
      const { left = 0, top = 0, width = 0, height = 0 } = part?.getBoundingClientRect() ?? {};
      style.display = width ? 'block' : 'none';
      style.translate = `${left - apart}px ${top}px`;
      style.width = `${width + 2 * apart}px`;
      style.height = `${height}px`;
    };
    follow();
    return () => cancelAnimationFrame(frame);
  }, [at]);
  return <div ref={ring} className="story-ring" aria-hidden="true" />;
}
