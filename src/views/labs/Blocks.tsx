import type { Block, Reveal } from '../../labs/lab';
import { isRevealed, tasksOf } from '../../labs/progress';
import { Content } from './Content';
import { useDoing, useProgress } from './context';
import { TaskView } from './Tasks';
import { lockedSentence } from './words';

/** The contents of a step in their order. */
export const Blocks = ({ blocks }: { blocks: readonly Block[] }) =>
  blocks.map((block, i) =>
    block.kind === 'prose' ? (
      <Content key={i} tree={block.content} />
    ) : block.kind === 'reveal' ? (
      <Revealed key={i} reveal={block} />
    ) : (
      <TaskView key={block.id} task={block} />
    ),
  );

/** Blocks that are shown once an exercise is done. */
function Revealed({ reveal: { after, blocks } }: { reveal: Reveal }) {
  const { lab } = useDoing();
  const isOpen = useProgress((progress) => isRevealed(after, tasksOf(lab), progress));
  if (!isOpen)
    return (
      <p className="lb-locked">
        {lockedSentence(tasksOf(lab).find(({ id }) => id === after)?.kind)}
      </p>
    );
  return (
    <div className="lb-reveal">
      <Blocks blocks={blocks} />
    </div>
  );
}
