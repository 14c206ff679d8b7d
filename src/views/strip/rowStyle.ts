import type { DepthScale } from '../../plot/depth';
import { detailOf, type Detail } from './geometry';

/** What is drawn in a row of the stack, and how large. */
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
  /** Whether each sublayer is drawn, or one update stands for a whole block. */
  each: boolean;
  drawsBranch: boolean;
}

const STYLES: Record<Detail, RowStyle> = {
  boxes: {
    ...{ height: 38, stream: 29, mark: 8, each: true, drawsBranch: true },
    ...{ rail: [10], rails: [6, 17], box: 11, boxes: 9 },
  },
  arches: {
    ...{ height: 34, stream: 26, mark: 7, each: true, drawsBranch: true },
    ...{ rail: [9], rails: [5, 13], box: null, boxes: null },
  },
  block: {
    ...{ height: 30, stream: 22, mark: 6, each: false, drawsBranch: true },
    ...{ rail: [8], rails: [5, 12], box: null, boxes: null },
  },
  mark: {
    ...{ height: 26, stream: 18, mark: 3.5, each: false, drawsBranch: false },
    ...{ rail: [4], rails: [4], box: null, boxes: null },
  },
};

/** The same with little height, where many lanes share it. */
const LOW: Record<Detail, RowStyle> = {
  ...STYLES,
  boxes: {
    ...STYLES.boxes,
    height: 30,
    stream: 23,
    rail: [8],
    rails: [5, 13],
    box: 9,
    boxes: 7,
    mark: 7,
  },
  arches: { ...STYLES.arches, height: 28, stream: 22, rail: [7], rails: [4, 11] },
};

export const rowStyle = ({ column }: DepthScale, lanes: number): RowStyle =>
  (lanes > 2 ? LOW : STYLES)[detailOf(column)];
