import { LICENCES, PANELS, PLOT_KEYS } from './helpData';
import { SHORTCUTS } from './shortcuts';

const Keys = ({ rows }: { rows: { shown: string; does: string }[] }) => (
  <dl className="hd-keys">
    {rows.map(({ shown, does }) => (
      <div key={does}>
        <dt>
          <kbd>{shown}</kbd>
        </dt>
        <dd>{does}</dd>
      </div>
    ))}
  </dl>
);

/** What the page is, what its panels and keys do, and what it is made with. */
export function HelpText() {
  return (
    <>
      <p>
        A real transformer runs in this page, small but whole. Move its normalization, change its
        initialization or train it, and see layer by layer what happens to activations, gradients
        and attention. Nothing leaves this computer.
      </p>
      <h3>Panels</h3>
      <dl className="hd-panels">
        {PANELS.map(([name, meaning]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <h3>Keys</h3>
      <Keys rows={Object.values(SHORTCUTS)} />
      <h3>Keys in a focused plot</h3>
      <Keys rows={PLOT_KEYS} />
      <h3>Licences</h3>
      <p>Normscope is under the MIT licence. It is made with:</p>
      <ul className="hd-licences">
        {LICENCES.map(([name, licence]) => (
          <li key={name}>
            {name} <span className="hd-soft">{licence}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
