import type { Tensor } from '@tensorflow/tfjs-core';
import type { SiteName } from '../config/sites';
import type { Advance } from '../lib/progress';
import { differentiable } from '../kernels/differentiable';

/** Who is told of what passes a site: of the signal on its way forward, of the gradient on its way back. */
export interface Listener {
  forward(x: Tensor): void;
  backward(dy: Tensor): void;
}

/**
 * A probe at a named point of the stack: it is given what flows there and returns what flows on. It may
 * record, or change.
 */
export interface Tap {
  <T extends Tensor>(site: SiteName, x: T): T;
  /**
   * For a kernel that computes what flows at a site without letting it out: whom to tell of it. Null where
   * the tap changes what flows there.
   */
  listener(site: SiteName): Listener | null;
}

type OnSite = (site: SiteName, x: Tensor) => void;

/** A tap that is told of the signal on its way forward and of the gradient on its way back. */
export function listeningTap(onForward: OnSite, onBackward: OnSite): Tap {
  const tap = <T extends Tensor>(site: SiteName, x: T): T =>
    differentiable(
      (x: T) => {
        onForward(site, x);
        return { value: x.clone(), saved: [] };
      },
      (dy) => {
        onBackward(site, dy);
        return [dy.clone()];
      },
    )(x);
  return Object.assign(tap, {
    listener: (site: SiteName): Listener => ({
      forward: (x) => {
        onForward(site, x);
      },
      backward: (dy) => {
        onBackward(site, dy);
      },
    }),
  });
}

/** The tap that is told by `onForward` and `onBackward`, and counts every site on both ways. */
export const countingTap = (
  advance: Advance,
  onForward: OnSite = () => {},
  onBackward: OnSite = () => {},
): Tap => {
  const counting =
    (onSite: OnSite): OnSite =>
    (site, x) => {
      onSite(site, x);
      advance();
    };
  return listeningTap(counting(onForward), counting(onBackward));
};

/**
 * A tap that does nothing. It is a node of the graph all the same: where a gradient has several parts,
 * they are added in the order that the graph gives, so that without it the last bit would differ between
 * a step that is watched and one that is not.
 */
export const untapped: Tap = listeningTap(
  () => {},
  () => {},
);
