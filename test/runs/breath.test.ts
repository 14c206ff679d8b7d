import { describe, expect, test } from 'vitest';
import { createFrames } from '../../src/lib/frames';
import { createBreath, PICTURES } from '../../src/runs/breath';

/**
 * A page whose engines take so many ms for a step and leave it `share` of the processor meanwhile: a picture takes
 * `work` ms of it, and comes with the screen's next 60th of a second.
 */
function page({ stepMs, work, share }: { stepMs: number; work: number; share: number }) {
  let time = 0;
  const pictures: (() => void)[] = [];
  let asked = 0;
  let delays: number[] = [];
  const breath = createBreath({
    frames: createFrames((picture) => {
      if (!pictures.length) asked = time;
      pictures.push(picture);
    }),
    now: () => time,
  });
  let done = 0;
  let shown = 0;
  const pass = (ms: number, speed: number) => {
    for (const until = time + ms; time < until; time++) {
      if (pictures.length) done += speed;
      if (done < work || time < shown + 1000 / 60) continue;
      done = 0;
      shown = time;
      delays.push(time - asked);
      for (const picture of pictures.splice(0)) picture();
    }
  };
  const steps = (count: number) => {
    let rests = 0;
    delays = [];
    for (let i = 0; i < count; i++) {
      pass(stepMs, share);
      const rest = breath.after(stepMs);
      rests += rest;
      pass(rest, 1);
    }
    const delay = delays.reduce((sum, ms) => sum + ms / delays.length, 0);
    return { rest: rests / count, delay };
  };
  return { breath, steps, sleep: (ms: number) => (time += ms) };
}

describe('rests between steps', () => {
  test('are none where pictures come in time', () => {
    expect(page({ stepMs: 10, work: 8, share: 1 }).steps(500).rest).toBe(0);
  });
  test('give a page that gets too little of the processor what it needs, and no more', () => {
    const slow = page({ stepMs: 26, work: 10, share: 0.3 });
    slow.steps(200);
    // Without rests a picture takes 10 / 0.3 ms; one of 10 ms would give it all that it needs.
    const { rest, delay } = slow.steps(200);
    expect(rest).toBeGreaterThan(1);
    expect(rest).toBeLessThan(10);
    expect(delay).toBeLessThan((1000 / PICTURES) * 1.1);
  });
  test('never take more than the steps do', () => {
    const hopeless = page({ stepMs: 5, work: 200, share: 0.5 });
    hopeless.steps(500);
    expect(hopeless.steps(200).rest).toBeLessThanOrEqual(5);
  });
  test('end while nobody looks', () => {
    const slow = page({ stepMs: 26, work: 10, share: 0.2 });
    slow.steps(300);
    expect(slow.breath.after(26)).toBeGreaterThan(0);
    slow.sleep(2000);
    expect(slow.breath.after(26)).toBe(0);
  });
});
