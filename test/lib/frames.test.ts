import { describe, expect, it } from 'vitest';
import { createFrames } from '../../src/lib/frames';

/** Frames of a browser that shows a picture when told to. */
function onDemand() {
  const callbacks: (() => void)[] = [];
  const log: string[] = [];
  return {
    ...createFrames((callback) => void callbacks.push(callback)),
    callbacks,
    log,
    say: (word: string) => () => void log.push(word),
    /** One picture, with what microtasks do between its callbacks. */
    async picture() {
      for (const callback of callbacks.splice(0)) {
        callback();
        await Promise.resolve();
      }
    },
  };
}

describe('frames', () => {
  it('does a job once however often it was asked for', async () => {
    const { update, say, picture, log } = onDemand();
    const job = say('job');
    for (let i = 0; i < 5; i++) update(job);
    expect(log).toEqual([]);
    await picture();
    expect(log).toEqual(['job']);
    await picture();
    expect(log).toEqual(['job']);
  });

  it('draws after updates and what follows from them, in the same picture', async () => {
    const { update, draw, say, picture, log } = onDemand();
    const drawing = say('drawn');
    update(() => {
      log.push('updated');
      void Promise.resolve().then(() => {
        log.push('committed');
        draw(drawing);
      });
    });
    await picture();
    expect(log).toEqual(['updated', 'committed', 'drawn']);
  });

  it('leaves what a drawing asks for to the next picture', async () => {
    const { update, draw, say, picture, log, callbacks } = onDemand();
    draw(() => {
      log.push('drawn');
      update(say('later'));
    });
    await picture();
    expect(log).toEqual(['drawn']);
    await picture();
    expect(log).toEqual(['drawn', 'later']);
    expect(callbacks).toEqual([]);
  });

  it('forgets what is taken back', async () => {
    const { update, drop, say, picture, log } = onDemand();
    const job = say('job');
    update(job);
    drop(job);
    await picture();
    expect(log).toEqual([]);
  });

  it('goes on after a drawing that failed', async () => {
    const { draw, say, picture, log } = onDemand();
    draw(() => {
      draw(say('next'));
      throw new Error('no ink');
    });
    await expect(picture()).rejects.toThrow('no ink');
    await picture();
    expect(log).toEqual(['next']);
  });
});
