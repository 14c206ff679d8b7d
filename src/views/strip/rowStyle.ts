import type { DepthScale } from '../../plot/depth';
import { detailOf, type Detail } from './geometry';

/** Parts of a row of the stack, with their sizes in pixels. */
export interface RowStyle {
  height: number;
  stream: number;
  /** Height of the branch; of both, where attention and MLP run side by side. */
  rail: number[];
  rails: number[];
  /** Height of a box, alone and of two. */
  box: number | null;
  boxes: number | null;
  mark: number;
  /** Draws each sublayer; else one update stands for a whole block. */
  each: boolean;
  drawsBranch: boolean;
}

const STYLES: Record<Detail, RowStyle> = {
  boxes: {
    height: 24,
    stream: 18,
    mark: 6.5,
    each: true,
    drawsBranch: true,
    rail: [6],
    rails: [4, 12],
    box: 9,
    boxes: 6,
  },
  arches: {
    height: 22,
    stream: 16,
    mark: 6,
    each: true,
    drawsBranch: true,
    rail: [5],
    rails: [3, 9],
    box: null,
    boxes: null,
  },
  block: {
    height: 20,
    stream: 14,
    mark: 5,
    each: false,
    drawsBranch: true,
    rail: [5],
    rails: [3, 8],
    box: null,
    boxes: null,
  },
  mark: {
    height: 18,
    stream: 11,
    mark: 3.5,
    each: false,
    drawsBranch: false,
    rail: [4],
    rails: [4],
    box: null,
    boxes: null,
  },
};

export const rowStyle = ({ column }: DepthScale): RowStyle => STYLES[detailOf(column)];
