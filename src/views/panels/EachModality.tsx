interface Props {
  checked: boolean;
  onChange(checked: boolean): void;
}

/** Both modalities at once, a curve each, where there are two. */
export const EachModality = ({ checked, onChange }: Props) => (
  <label className="panel-check">
    <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
    each modality
  </label>
);
