import { useEffect, useState } from 'react';
import { isDone, tasksOf } from '../../labs/progress';
import { reasonOf } from '../../lib/reason';
import { slug } from '../../runs/files';
import { later } from '../../runs/later';
import { useActions } from '../scope';
import { Button } from '../ui/buttons';
import { saveFile } from '../ui/saveFile';
import { useDoing, useProgress } from './context';
import { KINDS } from './words';

const fetchHtml = later('writes reports of labs', () => import('../../labs/reportHtml'));

/** Milliseconds without a key after which a name is kept. */
const RESTED = 300;

/** The last page of a lab: what was done, and the files that the course is handed in. */
export function Report() {
  const { desk, lab } = useDoing();
  const { notify } = useActions();
  const progress = useProgress((now) => now);
  const [student, setStudent] = useState(progress.student);
  useEffect(() => {
    const rest = setTimeout(() => {
      if (student !== progress.student) desk.sign(student);
    }, RESTED);
    return () => clearTimeout(rest);
  }, [student, progress.student, desk]);
  const save = async (form: 'json' | 'html') => {
    desk.sign(student);
    const report = desk.report();
    if (!report) return;
    const name = ['lab', lab.id, slug(student)].filter(Boolean).join('-');
    try {
      const [content, type] =
        form === 'json'
          ? [`${JSON.stringify(report, null, 1)}\n`, 'application/json']
          : [(await fetchHtml()).reportHtml(report, lab), 'text/html'];
      saveFile({ name: `${name}.${form}`, blob: new Blob([content], { type }) });
    } catch (error) {
      const text = `The report could not be saved: ${reasonOf(error)}`;
      notify({ level: 'error', about: 'page', text });
    }
  };
  const tasks = tasksOf(lab);
  const open = lab.steps.flatMap((step, i) =>
    tasksOf({ steps: [step] })
      .filter((task) => !isDone(task, progress))
      .map((task) => ({ task, i, title: step.title })),
  );
  return (
    <>
      <p>
        {tasks.length - open.length} of {tasks.length} tasks are done.{' '}
        {open.length > 0 &&
          'What is open can still be done; a report may be saved as often as you like.'}
      </p>
      {open.length > 0 && (
        <ul className="lb-open" aria-label="Open tasks">
          {open.map(({ task, i, title }) => (
            <li key={task.id}>
              <button type="button" className="lb-term" onClick={() => desk.go(i)}>
                {KINDS[task.kind].name}
              </button>{' '}
              <span className="lb-soft">in “{title}”</span>
            </li>
          ))}
        </ul>
      )}
      <label className="lb-student">
        <span>Your name or number, as your course asks for it</span>
        <input
          className="lb-input"
          autoComplete="off"
          value={student}
          onChange={({ target }) => setStudent(target.value)}
        />
      </label>
      <p className="lb-soft">
        The report holds your answers, the settings and seeds of your runs, and the numbers that
        were read of them, so that they can be made again. Nothing is sent anywhere: hand in the
        files yourself.
      </p>
      <div className="lb-ways">
        <Button className="lb-primary" onClick={() => void save('json')}>
          Save for the course (JSON)
        </Button>
        <Button onClick={() => void save('html')}>Save to read (HTML)</Button>
      </div>
    </>
  );
}
