import type { Config } from '../config/fields';
import type { Given } from './input';
import type { Course } from './stack';

export interface Subject {
  config: Config;
  given: Given | null;
  course: Course | null;
}

export interface Verdict {
  id: string;
  holds: boolean;
  reason: string;
}

export const assumptionsOf = (_: Subject): Verdict[] => [];
