import { expect, test } from 'vitest';
import { reportHtml } from '../../src/views/report/html';

test('what names hold is text in a report, and not markup', () => {
  const html = reportHtml({
    title: 'a < b & "c"',
    when: 'today',
    app: '0.1.0',
    link: 'https://normscope.test/#v=1&lr="0"',
    lanes: [
      {
        ...{ letter: 'A', name: '<script>alert(1)</script>', colour: '#0072b2', state: 'Step 0.' },
        ...{ equations: ['<math><mi>x</mi></math>'], beside: 'N & f', origin: '<b>' },
        settings: [{ label: 'Text', value: '</td>' }],
        events: [{ step: 'step 3', text: 'lr <1' }],
      },
    ],
    figures: [{ title: 'loss', sentence: 'at "3"', svg: '<svg>é</svg>', width: 10 }],
  });
  expect(html).not.toContain('<script');
  expect(html).toContain('<h1>a &lt; b &amp; &quot;c&quot;</h1>');
  expect(html).toContain('href="https://normscope.test/#v=1&amp;lr=&quot;0&quot;"');
  expect(html).toContain('<td>&lt;/td&gt;</td>');
  expect(html).toContain('<td>lr &lt;1</td>');
  expect(html).toContain('<math><mi>x</mi></math>');
  const [, drawing] = /base64,([^"]+)"/.exec(html)!;
  expect(Buffer.from(drawing!, 'base64').toString('utf8')).toBe('<svg>é</svg>');
});
