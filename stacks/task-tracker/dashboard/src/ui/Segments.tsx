interface SegmentsProps<T extends string | number> {
  legend: string;
  options: readonly { value: T; text: string }[];
  value: T;
  onChange: (value: T) => void;
}

/** A few choices side by side, one of them chosen: radio buttons in a nicer dress. */
export function Segments<T extends string | number>(props: SegmentsProps<T>) {
  const { legend, options, value, onChange } = props;
  return (
    <fieldset className="segments">
      <legend className="visually-hidden">{legend}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={legend}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <span>{option.text}</span>
        </label>
      ))}
    </fieldset>
  );
}
