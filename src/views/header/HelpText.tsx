import { PLOT_KEYS } from '../../plot/keys';
import { COMMANDS } from '../commands';
import { Terms } from '../ui/Terms';
import { FIELD_KEYS, LICENCES, PANELS } from './helpData';

const Keys = ({ rows }: { rows: readonly { shown: string; title: string }[] }) => (
  <dl className="hd-keys">
    {rows.map(({ shown, title }) => (
      <div key={title}>
        <dt>
          <kbd>{shown}</kbd>
        </dt>
        <dd>{title}</dd>
      </div>
    ))}
  </dl>
);

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
            <dd>
              <Terms>{meaning}</Terms>
            </dd>
          </div>
        ))}
      </dl>
      <h3>Keys</h3>
      <Keys rows={Object.values(COMMANDS)} />
      <h3>Keys in a focused plot or the stack</h3>
      <Keys rows={PLOT_KEYS} />
      <h3>Keys in a setting</h3>
      <Keys rows={FIELD_KEYS} />
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
