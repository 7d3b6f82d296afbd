import { useEffect, useState } from "react";

import { Icon } from "../../ui/icons.tsx";

/** Wait for the end of the word before asking the server. */
const PAUSE_MS = 250;
const EXAMPLES = ["login fails", "не проходить оплата", "disk almost full"];

interface SearchBoxProps {
  query: string;
  onQuery: (query: string) => void;
}

/** Search while typing; Escape or the cross empties the box. */
export function SearchBox({ query, onQuery }: SearchBoxProps) {
  const [text, setText] = useState(query);
  const [known, setKnown] = useState(query);
  // The address changed by other means (back button, example): the box follows.
  if (query !== known) {
    setKnown(query);
    if (query !== text.trim()) setText(query);
  }
  useEffect(() => {
    const wanted = text.trim();
    if (wanted === query) return undefined;
    const timer = window.setTimeout(() => onQuery(wanted), PAUSE_MS);
    return () => window.clearTimeout(timer);
  });
  const choose = (next: string) => {
    setText(next);
    onQuery(next);
  };
  return (
    <div className="search" role="search">
      <div className="search-field">
        <Icon name="search" size={18} />
        <input
          type="search"
          className="input"
          aria-label="Search messages by meaning"
          placeholder="Search by meaning…"
          maxLength={500}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => event.key === "Escape" && choose("")}
        />
      </div>
      <p className="search-examples">
        <span>Try</span>
        {EXAMPLES.map((example) => (
          <button key={example} type="button" className="chip" onClick={() => choose(example)}>
            {example}
          </button>
        ))}
      </p>
    </div>
  );
}
