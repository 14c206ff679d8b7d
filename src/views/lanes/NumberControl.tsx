import { Slider } from 'radix-ui';
import { useMemo } from 'react';
import type { NumberField } from '../../config/fields';
import { type ControlProps, differ, sayValues, type LaneValue } from './values';
import { nearestStop, stopsOf } from './stops';
import { ValueField } from './ValueField';

const THUMB = 12;

/** Where each lane stands on a slider that they share. */
function LaneTicks({ values, stops }: { values: LaneValue[]; stops: number[] }) {
  return values.map(({ lane, value }) => {
    const share = nearestStop(stops, Number(value)) / (stops.length - 1);
    // A thumb stays inside its track, so its middle never reaches the ends.
    const left = `calc(${share * 100}% + ${(0.5 - share) * THUMB}px)`;
    return (
      <span
        key={lane}
        className="ln-tick"
        style={{ left, background: `var(--lane-${lane})` }}
        aria-hidden="true"
      />
    );
  });
}

export function NumberControl(props: ControlProps<NumberField>) {
  const { id, field, values, onChange, disabled, describedBy } = props;
  const stops = useMemo(() => stopsOf(field), [field]);
  const mixed = differ(values);
  const at = nearestStop(stops, Number(values[0]?.value));
  const change = (settled: boolean) => (moved: number[]) => {
    const stop = stops[moved[0] ?? 0];
    if (stop !== undefined) onChange(stop, settled);
  };
  return (
    <>
      <Slider.Root
        className="ln-slider"
        data-mixed={mixed || undefined}
        value={[at]}
        max={stops.length - 1}
        onValueChange={change(false)}
        onValueCommit={change(true)}
        disabled={disabled}
      >
        <Slider.Track className="ln-track">
          <Slider.Range className="ln-range" />
        </Slider.Track>
        {mixed && <LaneTicks values={values} stops={stops} />}
        <Slider.Thumb
          className="ln-thumb"
          aria-label={field.label}
          aria-valuetext={`${sayValues(id, values)}${field.unit ? ` ${field.unit}` : ''}`}
          aria-describedby={describedBy}
        />
      </Slider.Root>
      <ValueField
        id={id}
        label={`${field.label}, typed`}
        values={values}
        disabled={disabled}
        onChange={onChange}
        onNudge={(by) => {
          const next = stops[at + by];
          if (next !== undefined) onChange(next);
        }}
      />
    </>
  );
}
