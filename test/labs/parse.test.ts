import type { Element, Root } from 'hast';
import { visit } from 'unist-util-visit';
import { describe, expect, test } from 'vitest';
import type { Lab } from '../../src/labs/lab';
import { readLab } from '../../src/labs/parse';
import { exercisesOf, liveIn, valuesOf } from '../../src/labs/walk';

const FRONT = `---
title: Pre against post
question: "Which one learns: pre or post?"
minutes: 25
level: first course
---
`;
/** The line that the text behind the front matter begins in. */
const FIRST = FRONT.split('\n').length;

const LAB = `${FRONT}An introduction with $x^2$ and :term[unigram entropy].

## A step

::page{link="v=1&n_layers=12"}

It grows to :value[3.3]{of="A.rms@resid_post[last]@0" within="2%"}, and *here* to
:value[2]{of="A.loss@0" page="v=1&n_layers=6"}. See [there](https://example.org/a "b") or [set it](#v=1&n_layers=6).

![A curve](curve.png)

| a   | b |
| --: | - |
| 1   | 2 |

:::predict{#grows kind=choice answer=2}
Which?
1. one *option*
2. another
:::

:::predict{#ratio kind=number unit=times measure="A.loss@0 / A.loss@9" decades=0.3}
How much?
:::

:::predict{#curve kind=curve panel=magnitude lane=B quantity="rms@resid_post" step=0}
Draw it.
:::

:::do{#switched when="B.placement = 'post' and B.step >= 50"}
Switch it.
:::

:::check{#smaller when="A.loss@100 < B.loss@100 - 0.2"}
It is smaller.
::hint[Look at *it*.]
::hint[Look again.]
:::

::::reveal{after=grows}
It was :value[2]{of="A.loss@1"}.

:::reflect{#inner}
And now?
:::
::::

## The end

<!-- Teachers may leave a note. -->

:::figure{#f1 panel=magnitude}
Make it.
:::

:::reflect{#why words=50}
Why?
:::
`;

/** The line in which these words begin. */
const lineAt = (words: string) => LAB.slice(0, LAB.indexOf(words)).split('\n').length;

const elementsOf = (lab: Lab): Element[] => {
  const found: Element[] = [];
  const seen = new Set<object>();
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if ('type' in value && value.type === 'root')
      visit(value as Root, 'element', (element) => void found.push(element));
    else Object.values(value).forEach(look);
  };
  look(lab);
  return found;
};

describe('a lab that is right', () => {
  const { lab, mistakes } = readLab(LAB, 'pre-against-post');

  test('has no mistakes, and all that its file says', () => {
    expect(mistakes).toEqual([]);
    expect(lab).toMatchObject({
      id: 'pre-against-post',
      title: 'Pre against post',
      question: 'Which one learns: pre or post?',
      minutes: 25,
      level: 'first course',
    });
    expect(lab!.steps.map(({ title, page, line }) => [title, page, line])).toEqual([
      ['Introduction', null, lineAt('An introduction')],
      ['A step', 'v=1&n_layers=12', lineAt('## A step')],
      ['The end', null, lineAt('## The end')],
    ]);
    expect(lab!.steps[1]!.blocks.map(({ kind }) => kind)).toEqual([
      ...['prose', 'predict', 'predict', 'predict', 'do', 'check', 'reveal'],
    ]);
    expect(exercisesOf(lab!).map(({ exercise }) => exercise.id)).toEqual([
      ...['grows', 'ratio', 'curve', 'switched', 'smaller', 'inner', 'f1', 'why'],
    ]);
  });

  test('its exercises are read', () => {
    const by = new Map(exercisesOf(lab!).map(({ exercise }) => [exercise.id, exercise]));
    expect(by.get('grows')).toMatchObject({ asks: { kind: 'choice', answer: 1 } });
    expect(by.get('ratio')).toMatchObject({
      asks: { kind: 'number', unit: 'times', decades: 0.3, within: null },
    });
    expect(by.get('curve')).toMatchObject({
      asks: { kind: 'curve', panel: 'magnitude', lane: 'b', step: 0, decades: 0.2 },
    });
    expect(by.get('smaller')).toMatchObject({ hints: [{ type: 'root' }, { type: 'root' }] });
    expect(by.get('why')).toMatchObject({ words: 50 });
    expect(by.get('f1')).toMatchObject({ panel: 'magnitude' });
  });

  test('its numbers are found with their pages and lines', () => {
    const page = 'v=1&n_layers=12';
    expect(valuesOf(lab!)).toEqual([
      {
        line: lineAt('It grows'),
        printed: '3.3',
        of: 'A.rms@resid_post[last]@0',
        page,
        within: '2%',
      },
      {
        line: lineAt(':value[2]{of="A.loss@0"'),
        printed: '2',
        of: 'A.loss@0',
        page: 'v=1&n_layers=6',
        within: null,
      },
      { line: lineAt('It was'), printed: '2', of: 'A.loss@1', page, within: null },
    ]);
  });

  test('formulas, links, images, tables and terms are kept', () => {
    const elements = elementsOf(lab!);
    const first = (name: string) => elements.find(({ tagName }) => tagName === name);
    expect(first('code')?.properties.className).toEqual(['language-math', 'math-inline']);
    expect(first('a')?.properties).toEqual({ href: 'https://example.org/a', title: 'b' });
    expect(first('img')?.properties).toEqual({ src: 'curve.png', alt: 'A curve' });
    expect(first('th')?.properties).toEqual({ align: 'right' });
    expect(first('lab-term')?.children).toMatchObject([{ value: 'unigram entropy' }]);
  });

  test('its print is of its text, whatever its line ends', () => {
    expect(readLab(LAB.replaceAll('\n', '\r\n'), 'x').lab!.print).toBe(lab!.print);
    expect(readLab(LAB.replace('smaller', 'larger'), 'x').lab!.print).not.toBe(lab!.print);
  });
});

/** A file with one mistake in a line of its own; the line counts from behind the front matter. */
const MISTAKES: [text: string, line: number, reason: string][] = [
  [
    ':::chek{#a when="A.step > 1"}\nDo.\n:::',
    1,
    '“:::chek” is no directive (did you mean check?); there are page, show, value, live, term, predict',
  ],
  [
    ':::check{#a whenn="A.step > 1" when="A.step > 1"}\nDo.\n:::',
    1,
    'check has no attribute “whenn” (did you mean when?); it has id, when.',
  ],
  [
    ':::do{#twice when="A.step > 1"}\nDo.\n:::\n\n:::reflect{#twice}\nWhy?\n:::',
    5,
    'The id “twice” is also that of line 8',
  ],
  [
    '::page{link="v=1&n_layer=12"}',
    1,
    'link of page: Unknown setting “n_layer”. Did you mean n_layers?',
  ],
  ['::page{link="v=1&placement=pst"}', 1, 'placement is “pst”; it must be one of pre, post'],
  [
    '\n\n:::check{#a when="A.los@3 < 2"}\nDo.\n:::',
    3,
    'when of check, “A.los@3 < 2”: “A.los” is nothing that a run has (did you mean loss?)',
  ],
  [
    ':::figure{#a panel=magnitud}\nDo.\n:::',
    1,
    '“magnitud” is no panel of figure (did you mean magnitude?); there are magnitude, gradient, attention, loss.',
  ],
  [
    '::::reveal{after=later}\nSo.\n::::\n\n:::do{#later when="A.step > 1"}\nDo.\n:::',
    1,
    'after of reveal is “later”; it must be the id of an exercise before it',
  ],
  [
    ':::do{#first when="A.step > 1"}\nDo.\n:::\n\n:::reveal{after=frist}\nSo.\n:::',
    5,
    '“frist” is no such id (did you mean first?); there are first.',
  ],
  [
    '::::reveal{after=in}\n:::do{#in when="A.step > 1"}\nDo.\n:::\n::::',
    1,
    'it must be the id of an exercise before it, and there is none.',
  ],
  [
    ':::predict{#a kind=choice answer=3}\nWhich?\n1. a\n2. b\n:::',
    1,
    'answer of predict is “3”; there are options 1 to 2.',
  ],
  [
    ':::predict{#a kind=choice answer=1}\nWhich?\n:::',
    1,
    'ends in a numbered list of two options or more',
  ],
  [
    ':::predict{#a kind=chioce answer=1}\nWhich?\n:::',
    1,
    '“chioce” is no kind of predict (did you mean choice?); there are choice, number, curve.',
  ],
  [
    ':::predict{#a kind=number measure="A.loss@1" step=3}\nHow much?\n:::',
    1,
    'predict has no attribute “step”; it has id, kind, measure',
  ],
  [
    ':::predict{#a kind=number measure="A.loss@1 < 3"}\nHow much?\n:::',
    1,
    '“A.loss@1 < 3” is true or false; a number is needed here',
  ],
  [
    ':::predict{#a kind=number measure="A.loss@1" decades=no}\nHow much?\n:::',
    1,
    'it must be a number above 0',
  ],
  [
    ':::predict{#a kind=curve panel=gradient lane=B quantity="rms@resid_post" step=0}\nDraw.\n:::',
    1,
    'it must be one by layer that the panel gradient has, such as grad_rms@resid_post.',
  ],
  ['##\n', 1, 'A step has no title'],
  [':::check{#a}\nDo.\n:::', 1, 'check needs when, as in :::check{#smaller when='],
  [':::check{#a when="A.step > 1"}\n:::', 1, 'check says nothing'],
  [':::check{#a when="A.step > 1"}\nDo.', 1, 'check is not closed: after it stands a line of :::'],
  [':::reflect{#constructor}\nWhy?\n:::', 1, 'programs keep this name for themselves'],
  [':::reflect{id=__proto__}\nWhy?\n:::', 1, 'an id begins with a letter'],
  [':::reflect{#a words=many}\nWhy?\n:::', 1, 'it must be a whole number from 1 on'],
  ['Prose.\n\n::page{link="v=1"}', 3, '::page stands once in a step, first of all'],
  ['::hint[Look.]', 1, '::hint stands in a :::check alone.'],
  [':check[Look.]', 1, 'check begins with “:::”, as in :::check{'],
  [
    'Ratio 3:a is large.',
    1,
    '“:a” is no directive; there are page, show, value, live, term, predict, do, check, hint, reveal, figure, reflect. A colon that begins none is written \\:.',
  ],
  ['The loss is :value[3]{of="A.loss" withn="2%"}.', 1, '“withn” (did you mean within?)'],
  ['The loss is :value[3]{of="A.rms@resid_post[all]"}.', 1, 'max(…), min(…)'],
  ['Text.\n\n# Title', 3, 'A lab has its title from the front matter; steps begin with ##.'],
  [
    'A [page](#v=1&n_layer=3).',
    1,
    'The link “#v=1&n_layer=3”: Unknown setting “n_layer”. Did you mean n_layers?',
  ],
  ['A [file](docs/labs.md).', 1, 'links begin with https://, http:// or mailto:'],
  ['![](a.png)', 1, 'An image has no words for those who do not see it'],
  ['A note[^1].\n\n[^1]: here', 1, 'Labs have no footnotes'],
  [
    '::: check{#a}',
    1,
    'A line begins with ::: and is no directive; one is written :::name{…}, without spaces.',
  ],
  ['> ## Quoted', 1, 'A step begins in something that goes on'],
  [':::predict{#a kind=number measure="A.loss@0" hides="loss,sky"}\nWhich?\n:::', 1, '“sky”'],
  [
    ':::predict{#a kind=curve panel=gradient lane=A quantity="grad_rms@resid_post" step=0 hides=gradient}\nDraw.\n:::',
    1,
    'hides of predict is “gradient”; the curve is drawn over the panel gradient.',
  ],
  [
    '\nA word, :term[unigram entopy].',
    2,
    '“unigram entopy” is no term of the glossary (did you mean unigram entropy?); other words need no :term[…].',
  ],
  [':term[pony] first.', 1, '“pony” is no term of the glossary; other words need no :term[…].'],
  [
    '::page{link="v=1&view.open=lr"}\n\n:::do{#a when="A.step > 1 and C.step > 1"}\nDo.\n:::',
    3,
    'It reads lane C, but its page has 2 lanes, and their number is locked.',
  ],
  [
    '::page{link="v=1&lanes=1&view.open=none"}\n\n:::predict{#a kind=curve panel=gradient lane=B quantity="grad_rms@resid_post" step=0}\nDraw.\n:::',
    3,
    'It reads lane B, but its page has lane A alone',
  ],
  [
    '::page{link="v=1"}\n\nIt is\n:value[2]{of="C.loss@0 / D.loss@0"}.',
    4,
    'It reads lanes C, D, but its page has 2 lanes.',
  ],
];

describe('mistakes', () => {
  test.each(MISTAKES)('%j: line %i, %s', (text, line, reason) => {
    const { mistakes } = readLab(`${FRONT}## A step\n${text}\n`, 'x');
    const found = mistakes.find((mistake) => mistake.reason.includes(reason));
    expect(found ?? mistakes).toMatchObject({ line: FIRST + line });
    for (const { reason } of mistakes) expect(reason).toMatch(/[.?>]$/);
  });

  test('a lane that a student can add is no mistake', () => {
    const text = `${FRONT}## A step\n::page{link="v=1&view.open=lanes"}\n\n:::do{#a when="C.step > 1"}\nDo.\n:::\n`;
    expect(readLab(text, 'x').mistakes).toEqual([]);
  });

  test('a file with ten kinds of them tells of these ten and no other, each in its line', () => {
    const chosen = [0, 1, 3, 5, 6, 7, 10, 24, 31, 20].map((i) => MISTAKES[i]!);
    const expected: [number, string][] = [];
    let text = `${FRONT}## A step\n`;
    for (const [i, [part, line, reason]] of chosen.entries()) {
      text += `\n## Step ${i + 2}\n\n`;
      expected.push([text.split('\n').length - 1 + line, reason]);
      // Each part has an id of its own. What is not closed comes last: it hides what follows.
      text += `${part.replaceAll('#a', `#a${i}`)}\n`;
    }
    const { mistakes } = readLab(text, 'x');
    expect(mistakes.map(({ line }) => line)).toEqual(expected.map(([line]) => line));
    for (const [i, [, reason]] of expected.entries()) expect(mistakes[i]!.reason).toContain(reason);
    expect(mistakes).toHaveLength(10);
  });

  test.each([
    ['## A step\n', 1, 'The file begins with no front matter'],
    ['---\ntitle: A\n---\n## S\n', 1, 'The front matter has no question, as in question: Why'],
    [
      FRONT.replace('minutes: 25', 'minutes: soon'),
      4,
      'minutes must be a whole number from 1 to 600.',
    ],
    [
      FRONT.replace('first course', 'frist course'),
      5,
      '“frist course” is no level (did you mean first course?)',
    ],
    [
      FRONT.replace('title:', 'titel:'),
      2,
      'The front matter has “titel”, which is not known (did you mean title?)',
    ],
    [FRONT.replace('title: ', 'title: ['), 3, 'The front matter cannot be read'],
    [FRONT.replace('minutes', '__proto__: 1\nminutes'), 4, 'The front matter has “__proto__”'],
    [FRONT.replace('title: Pre', 'title: *a'), 2, ''],
    [FRONT, 1, 'The lab has no steps; each begins with ## and its title.'],
    ['', 1, 'The lab has no steps'],
  ])('front matter %j: line %i, %s', (text, line, reason) => {
    expect(readLab(text, 'x').mistakes).toContainEqual({
      line,
      reason: expect.stringContaining(reason),
    });
  });
});

const STORY = FRONT.replace('title:', 'kind: story\ntitle:');

describe('a story', () => {
  test('has steps that point, play and show a moment, with numbers of the run at hand', () => {
    const { lab, mistakes } = readLab(
      `${STORY}## One\n\n::page{link="v=1&n_layers=6"}\n\n::show{at=loss play=60}\n\nIt is :live{of="A.loss@60"}.\n\n## Two\n\n::show{moment=0}\n\nBefore.\n\n## Three\n\nEnd.\n`,
      'story',
    );
    expect(mistakes).toEqual([]);
    expect(lab!.kind).toBe('story');
    expect(lab!.steps.map(({ page, show }) => ({ page, show }))).toEqual([
      { page: 'v=1&n_layers=6', show: { at: 'loss', play: 60, moment: null } },
      { page: null, show: { at: null, play: null, moment: 0 } },
      { page: null, show: { at: null, play: null, moment: null } },
    ]);
    expect(lab!.steps.map(liveIn)).toEqual([['A.loss@60'], [], []]);
  });

  test.each([
    ['::show{at=los}', 'no at of show (did you mean loss?); there are magnitude, gradient'],
    ['::show{play=never}', 'play of show is “never”; it must be a whole number from 1 on.'],
    ['::show', 'show needs at, as in ::show{at=loss play=100}.'],
    ['Text.\n\n::show{at=loss}', '::show stands once in a step, right below its heading'],
    [':live{of="A.los@3"}', '“A.los” is nothing that a run has (did you mean loss?)'],
    [
      '::page{link="v=1&lanes=1"}\n\nIt is :live{of="B.loss@3"}.',
      'It reads lane B, but its page has lane A alone.',
    ],
    [':live[3]', 'live needs of, as in :live{of='],
    [':::reflect{#why}\nWhy?\n:::', 'A story asks for nothing: reflect stands in a lab'],
  ])('%j has a mistake', (text, reason) => {
    const { mistakes } = readLab(`${STORY}## One\n\n${text}\n`, 'story');
    expect(mistakes.map((one) => one.reason).join(' ')).toContain(reason);
    expect(mistakes).toHaveLength(1);
  });

  test('what is a story’s alone is a mistake in a lab, and so is an unknown kind', () => {
    const reasons = (text: string) => readLab(text, 'lab').mistakes.map(({ reason }) => reason);
    expect(reasons(`${FRONT}## One\n\n::show{at=loss}\n`)).toEqual([
      '::show stands in a story alone, which has kind: story.',
    ]);
    expect(reasons(`${STORY.replace('story', 'stroy')}## One\n\nText.\n`)).toEqual([
      '“stroy” is no kind (did you mean story?); there are lab, story.',
    ]);
  });
});

describe('a hostile file', () => {
  const hostile = `${FRONT}## A step

<script>alert(1)</script>

<iframe src="https://evil.example"></iframe>

<style>body { display: none }</style>

Text <b style="color:red" onclick="alert(1)">bold</b> and <img src=x onerror=alert(1)>.

[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](data:text/html,<script>alert(1)</script>) [d](//evil.example)
[e](vbscript:x) [f][r] <javascript:alert(1)>

[r]: javascript:alert(2)

![foreign](https://evil.example/a.png) ![same](//evil.example/a.png) ![data](data:image/svg+xml;base64,AAAA)
![up](../../a.png) ![root](/a.png) ![ref][i]

[i]: https://evil.example/b.png

:::check{#a .danger style="color:red" onclick="alert(1)" when="A.step > 1"}
Do. :value[1]{of="A.step" onclick="alert(1)" style="x"} :term[x]{onclick=y}
:::

:script[alert(1)]{src=x}

::iframe{src="https://evil.example"}

\`\`\`js onclick=x
<script>alert(1)</script>
\`\`\`
`;

  test('keeps nothing that could do something, and is told of all that is dropped', () => {
    const { lab, mistakes } = readLab(hostile, 'x');
    const elements = elementsOf(lab!);
    const names = new Set(elements.map(({ tagName }) => tagName));
    for (const name of ['script', 'iframe', 'style', 'b', 'object', 'svg'])
      expect(names).not.toContain(name);
    const properties = elements.flatMap((element) => Object.entries(element.properties));
    for (const [key, value] of properties) {
      expect(['href', 'src', 'alt', 'className', 'of', 'align']).toContain(key);
      expect(String(value)).not.toMatch(/script|evil|data:|\.\./i);
    }
    expect(properties.filter(([key]) => key === 'href' || key === 'src')).toEqual([]);
    const lines = new Set(mistakes.map(({ line }) => line - FIRST));
    for (const line of [2, 4, 6, 8, 10, 11, 15, 16, 20, 21, 24, 26]) expect(lines).toContain(line);
    expect(mistakes.filter(({ reason }) => reason.startsWith('The image')).length).toBe(6);
    expect(mistakes.filter(({ reason }) => reason.startsWith('The link')).length).toBeGreaterThan(
      5,
    );
  });

  const full = (text: string, most = 240_000) => text.repeat(Math.floor(most / text.length));
  test.each([
    ['5 MB', 'a'.repeat(5e6), 'The file has 5,000,'],
    ['quotations', full('> '), 'Quotations or lists'],
    ['quotations without spaces', full('>'), 'Quotations or lists'],
    ['lists', full('- '), 'Quotations or lists'],
    [
      'lists by spaces',
      Array.from({ length: 300 }, (_, i) => `${' '.repeat(2 * i)}- a`).join('\n'),
      'A line begins with over',
    ],
    ['brackets', full('[', 9000), 'Brackets stand in one another'],
    ['links', full('[a]()', 9000), 'A paragraph has over'],
    ['emphasis', `${full('*a _b ', 4000)}${full('_ *', 4000)}`, 'A paragraph has over'],
    ['emphasis, within the limits', `${full('*a _b ', 600)}${full('_ *', 600)}`, 'deep'],
    ['paragraphs', full('[a\n\n'), 'lines; a lab has at most'],
    ['directives in one another', full(':::a\n', 10_000), 'exercises and reveals'],
    ['attributes', `::page{${full('a=b ')}}`, 'A line has over'],
    ['columns', full('|a'), 'A line has over'],
  ])('of %s is refused in under two seconds, with a reason', (_, text, reason) => {
    const began = process.cpuUsage().user;
    const { lab, mistakes } = readLab(`${FRONT}\n## A step\n\n${text}\n`, 'x');
    expect((process.cpuUsage().user - began) / 1e6).toBeLessThan(2);
    expect(lab).toBeNull();
    expect(mistakes).toEqual([
      { line: expect.any(Number), reason: expect.stringContaining(reason) },
    ]);
  });

  test.each([
    ['marks', `${'[a]*b `c` '.repeat(70)}\n\n`],
    ['tables', `|a|b|\n|-|-|\n${'|a|b|\n'.repeat(100)}\n`],
    ['lines of a list', '- a\n'],
    ['quotations', '> > > > > a\n\nb\n'],
    ['addresses', `${'a@b.c '.repeat(200)}\n\n`],
    [
      'expressions',
      `:value[1]{of="${'('.repeat(29)}A.loss${')'.repeat(29)} + max(A.rms@resid_post[all])"}\n\n`,
    ],
    ['formulas', `${'$a_1$ '.repeat(150)}\n\n`],
  ])('with as many %s as the limits let by is read in under two seconds', (_, part) => {
    const signs = (part.match(/[[\]*_~`<$:&|@\\]/g) ?? []).length;
    const lines = part.split('\n').length - 1;
    const most = Math.min(9900 / (signs + 1), 2980 / lines, 240_000 / part.length);
    const text = part.repeat(Math.floor(most));
    const began = process.cpuUsage().user;
    const { lab, mistakes } = readLab(`${FRONT}\n## A step\n\n${text}\n`, 'x');
    expect((process.cpuUsage().user - began) / 1e6).toBeLessThan(2);
    expect(mistakes).toEqual([]);
    expect(lab!.steps).toHaveLength(1);
  });
});
