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

/** Each sublayer with its branch, without boxes. */
const BARE = { each: true, drawsBranch: true, box: null, boxes: null };

const STYLES: Record<Detail, RowStyle> = {
  boxes: {
    ...BARE,
    height: 24,
    stream: 18,
    mark: 6.5,
    rail: [6],
    rails: [4, 12],
    box: 9,
    boxes: 6,
  },
  arches: { ...BARE, height: 22, stream: 16, mark: 6, rail: [5], rails: [3, 9] },
  block: { ...BARE, height: 20, stream: 14, mark: 5, rail: [5], rails: [3, 8], each: false },
  mark: {
    ...{ ...BARE, each: false, drawsBranch: false },
    ...{ height: 18, stream: 11, mark: 3.5, rail: [4], rails: [4] },
  },
};

export const rowStyle = ({ column }: DepthScale): RowStyle => STYLES[detailOf(column)];
