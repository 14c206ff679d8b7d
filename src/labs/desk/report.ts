import type { DeviceReport } from '../../protocol/engine';
import type { Lab } from '../lab';
import { tasksOf, type LabProgress } from '../progress';
import { REPORT_FORMAT, REPORT_VERSION, type LabReport } from '../report';

interface Made {
  app: string;
  saved: string;
  device: Pick<DeviceReport, 'backend' | 'adapter'> | null;
}

/** A lab as it was done by now, in the order in which it asks; what was not done is left out. */
export function reportOf(lab: Lab, now: LabProgress, { app, saved, device }: Made): LabReport {
  const tasks = tasksOf(lab);
  return {
    ...{ format: REPORT_FORMAT, version: REPORT_VERSION, app },
    lab: now.lab,
    ...{ student: now.student, began: now.began, saved },
    device: device && { backend: device.backend, adapter: device.adapter },
    predictions: tasks.flatMap(({ kind, id }) => {
      const answer = kind === 'predict' && now.answers[id];
      if (!answer) return [];
      const { given, at, evidence, isRight } = answer;
      return [{ id, given, at, ...(evidence && { measured: evidence }), isRight }];
    }),
    checks: tasks.flatMap(({ kind, id }) => {
      const judged = (kind === 'do' || kind === 'check') && now.judged[id];
      if (!judged) return [];
      const { said: _, ...rest } = judged;
      return [{ id, ...rest }];
    }),
    figures: tasks.flatMap(({ kind, id }) => {
      const figure = kind === 'figure' && now.figures[id];
      return figure ? [{ id, ...figure }] : [];
    }),
    reflections: tasks.flatMap(({ kind, id }) => {
      const text = kind === 'reflect' && now.reflections[id];
      return text ? [{ id, text }] : [];
    }),
  };
}
