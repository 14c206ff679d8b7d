import { NormCostPanel } from '../normCosts/views/NormCostPanel';
import { EvaluationPanel } from '../views/panels/evaluation/EvaluationPanel';
import { Guard } from './Guard';

/** Sections that open below what was measured. */
export const More = () => (
  <>
    <Guard what="The evaluation">
      <EvaluationPanel />
    </Guard>
    <Guard what="What norms cost">
      <NormCostPanel />
    </Guard>
  </>
);
