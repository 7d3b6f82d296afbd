import { useQuery } from "@tanstack/react-query";

import { keys } from "../../api/keys.ts";
import { useApi } from "../../app-context.ts";
import { CATEGORY_NAMES } from "../../ui/badges.tsx";
import { Segments } from "../../ui/Segments.tsx";
import { CATEGORIES, LABELS, type Wish } from "./wish.ts";

const LABEL_OPTIONS = [
  { value: "all", text: "All" },
  { value: "signal", text: "Signal" },
  { value: "noise", text: "Noise" },
] as const;

interface FiltersProps {
  wish: Wish;
  onChange: (change: Partial<Wish>) => void;
}

/** Narrow the list. A search by meaning can be narrowed by label only. */
export function Filters({ wish, onChange }: FiltersProps) {
  const { label = "all", category, source, q } = wish;
  return (
    <div className="filters" role="group" aria-label="Filter messages">
      <Segments<string>
        legend="Label"
        options={LABEL_OPTIONS}
        value={label}
        onChange={(value) => onChange({ label: LABELS.find((each) => each === value) })}
      />
      {q === "" && (
        <>
          <select
            className="select"
            aria-label="Kind"
            value={category ?? ""}
            onChange={({ target }) =>
              onChange({ category: CATEGORIES.find((each) => each === target.value) })
            }
          >
            <option value="">All kinds</option>
            {CATEGORIES.map((each) => (
              <option key={each} value={each}>
                {CATEGORY_NAMES[each]}
              </option>
            ))}
          </select>
          <SourceSelect source={source} onChange={onChange} />
        </>
      )}
    </div>
  );
}

interface SourceSelectProps {
  source: string | undefined;
  onChange: (change: Partial<Wish>) => void;
}

function SourceSelect({ source = "", onChange }: SourceSelectProps) {
  const api = useApi();
  const { data = [] } = useQuery({ queryKey: keys.sources, queryFn: () => api.sources() });
  const names = new Set(data.map(({ name }) => name));
  if (source !== "") names.add(source);
  return (
    <select
      className="select"
      aria-label="Source"
      value={source}
      onChange={({ target }) => onChange({ source: target.value || undefined })}
    >
      <option value="">All sources</option>
      {[...names].map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}
