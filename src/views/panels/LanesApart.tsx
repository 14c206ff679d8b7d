import { useMemo, type ComponentProps } from 'react';
import { SideBySide } from '../../plot/SideBySide';
import { laneLook, type NamedLane } from './lanes';

interface Props extends Omit<ComponentProps<typeof SideBySide>, 'groups'> {
  lanes: NamedLane[];
}

/** The lanes of a panel, each in a plot of its own. */
export function LanesApart({ lanes, ...props }: Props) {
  const { traces } = props;
  const groups = useMemo(
    () =>
      lanes.map(({ lane: { id }, name }) => ({
        ...{ id, name, colour: laneLook(id).colour },
        // Its name stands above the plot.
        traces: traces
          .filter(({ group }) => group === id)
          .map((trace) => ({ ...trace, isUnnamed: true })),
      })),
    [lanes, traces],
  );
  return <SideBySide {...props} groups={groups} />;
}
