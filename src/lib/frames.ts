type Job = () => void;

/**
 * Collects what wants to be drawn, and draws it once before the next picture, however often it was asked
 * for. A picture has two parts, a callback of the browser's each. In the first the page's state becomes
 * what there is to show; React commits what follows from it before the second, in which whoever draws by
 * hand finds everything in place.
 */
export function createFrames(request: (callback: Job) => void) {
  const updates = new Set<Job>();
  const drawings = new Set<Job>();
  let asked = false;

  const run = (jobs: Set<Job>) => {
    const due = [...jobs];
    jobs.clear();
    for (const job of due) job();
  };
  const ask = () => {
    if (asked) return;
    asked = true;
    request(() => run(updates));
    request(() => {
      asked = false;
      try {
        run(drawings);
      } finally {
        if (updates.size > 0 || drawings.size > 0) ask();
      }
    });
  };
  const add = (jobs: Set<Job>) => (job: Job) => {
    jobs.add(job);
    ask();
  };
  return {
    /** Changes what the page shows. */
    update: add(updates),
    /** Draws, or looks at, what the page shows by then. */
    draw: add(drawings),
    /** Takes back what was asked for and not yet done. */
    drop(job: Job): void {
      updates.delete(job);
      drawings.delete(job);
    },
  };
}

export type Frames = ReturnType<typeof createFrames>;

/** Those of this page: the one place that asks the browser for its pictures. */
export const frames = createFrames((callback) => void requestAnimationFrame(callback));
