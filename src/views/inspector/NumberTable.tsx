import { Figures } from '../ui/Figures';
import { LaneMark } from '../ui/LaneMark';
import type { InspectedLane } from './props';

export interface NumberRow {
  label: string;
  title?: string;
  /** Of each lane; null where it has none. */
  values: readonly (string | null)[];
}

interface Props {
  caption: string;
  /** In the corner of the table, where there are several. */
  title?: string;
  lanes: readonly Pick<InspectedLane, 'id' | 'name'>[];
  rows: readonly NumberRow[];
}

/** Numbers of the lanes side by side. */
export const NumberTable = ({ caption, title, lanes, rows }: Props) => (
  <table className="in-table in-numbers" data-many={lanes.length > 2 || undefined}>
    <caption className="ui-visually-hidden">{caption}</caption>
    <thead>
      <tr>
        <td>{title}</td>
        {lanes.map(({ id, name }) => (
          <th key={id} scope="col" title={name} style={{ color: `var(--lane-${id})` }}>
            <LaneMark id={id} size={11} />
            <span>{name}</span>
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {rows.map(({ label, title, values }) => (
        <tr key={label}>
          <th scope="row" title={title}>
            {label}
          </th>
          {values.map((value, i) => (
            <td key={lanes[i]!.id}>
              <Figures text={value ?? '–'} />
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
);
