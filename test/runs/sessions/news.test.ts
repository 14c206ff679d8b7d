import { describe, expect, test } from 'vitest';
import { bytesOf, chunksFrom, segmentsOf, thinned, upTo } from '../../../src/runs/sessions/chunks';
import { newsOf, note, nothingStored, type Stored } from '../../../src/runs/sessions/news';
import type { Chunk } from '../../../src/runs/sessions/format';
import type { Checkpoint, Segment } from '../../../src/runs/run';
import { CHANGES, checkpointAt, frameAt, framesOf, segmentOf } from './frames';

const stepsOf = (chunks: readonly Chunk[]) => chunks.flatMap(({ steps }) => steps);

describe('chunks of frames', () => {
  test('hold what they were made of, to the bit', () => {
    const segments = [segmentOf(framesOf(0, 4)), segmentOf(framesOf(5, 9), 0.2)];
    segments[1]!.evaluations.set(7, { frame: frameAt(7, 1) } as never);
    const chunks = segments.flatMap((segment) => [
      ...chunksFrom({ ...segment, frames: segment.frames.slice(0, 2) }, 0, Infinity),
      ...chunksFrom(segment, 2, Infinity),
    ]);
    expect(chunks.map(({ begins }) => begins !== undefined)).toEqual([true, false, true, false]);
    expect(segmentsOf(chunks)).toEqual(segments);
  });

  test('are cut at a step, and thinned by every second frame through their bounds', () => {
    const segment = segmentOf(framesOf(0, 6));
    const [first] = chunksFrom({ ...segment, frames: framesOf(0, 2) }, 0, Infinity);
    const [second] = chunksFrom(segment, 3, Infinity);
    expect(segmentsOf([upTo(first!, 1)!])[0]!.frames).toEqual(framesOf(0, 1));
    expect(upTo(second!, 2)).toBeNull();
    expect(stepsOf([thinned(first!, 0)!, thinned(second!, 3)!])).toEqual([0, 2, 4, 6]);
    // A segment would have no settings without its first frame.
    expect(stepsOf([thinned(first!, 1)!])).toEqual([0, 1]);
  });

  test('are as many as bytes allow, and one at least', () => {
    const segment = segmentOf(framesOf(0, 9));
    expect(stepsOf(chunksFrom(segment, 3, 1))).toEqual([3]);
  });
});

describe('what of a lane is not stored', () => {
  const ALL = { most: Infinity, renews: true, keepsUp: false };
  const recorded = (segments: Segment[], checkpoints: Checkpoint[] = []) => ({
    segments,
    changes: CHANGES,
    checkpoints,
  });
  const write = (stored: Stored, of: ReturnType<typeof recorded>, options = ALL) => {
    const news = newsOf(of, stored, options);
    if (news) note(stored, news);
    return news;
  };

  test('is all at first, then what came since, and nothing where nothing did', () => {
    const stored = nothingStored();
    const segment = segmentOf(framesOf(0, 2));
    expect(write(stored, recorded([segment]))).toMatchObject({ keep: -1, changes: CHANGES });
    segment.frames.push(frameAt(3));
    const next = segmentOf([frameAt(4)], 0.2);
    const news = write(stored, recorded([segment, next]))!;
    expect([news.keep, stepsOf(news.chunks)]).toEqual([2, [3, 4]]);
    expect(news).not.toHaveProperty('changes');
    expect(write(stored, recorded([segment, next]))).toBeNull();
  });

  test('is sparse where training is faster than what may be written, and is written once', () => {
    const stored = nothingStored();
    const segment = segmentOf(framesOf(0, 20));
    segment.evaluations.set(6, { frame: frameAt(6, 1) } as never);
    const most = 6 * bytesOf(chunksFrom(segment, 20, Infinity)[0]!);
    const first = write(stored, recorded([segment]), { ...ALL, most, keepsUp: true })!;
    expect(stepsOf(first.chunks)).toEqual([0, 4, 6, 8, 12, 16, 20]);
    expect(first.isPart).toBe(false);
    expect(write(stored, recorded([segment]))).toBeNull();
    segment.frames.push(frameAt(21), frameAt(22));
    expect(stepsOf(write(stored, recorded([segment]))!.chunks)).toEqual([21, 22]);
  });

  test('follows a run that went back, was measured again, began anew, and came back', () => {
    const stored = nothingStored();
    const whole = framesOf(0, 9);
    write(stored, recorded([segmentOf([...whole])]));
    // The last step is measured again where training went on after a rest.
    const again = [...whole.slice(0, 9), frameAt(9)];
    expect(write(stored, recorded([segmentOf(again)]))!.keep).toBe(8);
    expect(write(stored, recorded([segmentOf(again.slice(0, 4))]))).toMatchObject({
      ...{ keep: 3, chunks: [] },
    });
    const anew = framesOf(0, 1, 5);
    expect(write(stored, recorded([segmentOf(anew)]))).toMatchObject({ keep: -1 });
    // What was stored of it before is not there any more.
    const back = write(stored, recorded([segmentOf(again)]))!;
    expect([back.keep, stepsOf(back.chunks)]).toEqual([-1, again.map(({ step }) => step)]);
  });

  test('is not asked for where the log thinned its frames', () => {
    const stored = nothingStored();
    const frames = framesOf(0, 8);
    write(stored, recorded([segmentOf(frames)]));
    expect(write(stored, recorded([segmentOf(frames.filter((_, i) => i % 2 === 0))]))).toBeNull();
  });

  test('comes in pieces without a gap', () => {
    const stored = nothingStored();
    const segments = [segmentOf(framesOf(0, 3)), segmentOf(framesOf(4, 6))];
    const all: number[] = [];
    for (let news; (news = write(stored, recorded(segments), { ...ALL, most: 200 }));) {
      all.push(...stepsOf(news.chunks));
    }
    expect(all).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('has a checkpoint that its frames lead to, of this run, another where there is time for one', () => {
    const stored = nothingStored();
    const frames = framesOf(0, 9);
    const [early, mid, late] = [checkpointAt(0), checkpointAt(6), checkpointAt(12)];
    const run = (checkpoints: Checkpoint[], to = 9) =>
      recorded([segmentOf(frames.slice(0, to + 1))], checkpoints);
    expect(write(stored, run([early, mid, late]))!.checkpoint).toBe(mid);
    const newer = checkpointAt(8);
    expect(newsOf(run([early, mid, newer]), stored, { ...ALL, renews: false })).toBeNull();
    expect(write(stored, run([early, mid, newer]))!.checkpoint).toBe(newer);
    // Gone back to step 4: what was learned afterwards is of another run.
    expect(write(stored, run([early], 4), { ...ALL, renews: false })!.checkpoint).toBe(early);
  });
});
