import type { Category, Message, Priority } from "../api/types.ts";
import { formatPercent } from "./format.ts";

export const CATEGORY_NAMES: Record<Category, string> = {
  bug: "Bug",
  feature: "Feature",
  question: "Question",
  chore: "Chore",
};

export function CategoryBadge({ category }: { category: Category }) {
  return <span className={`badge badge-${category}`}>{CATEGORY_NAMES[category]}</span>;
}

const PRIORITIES: Record<Priority, { text: string; bars: number }> = {
  low: { text: "Low", bars: 1 },
  medium: { text: "Medium", bars: 2 },
  high: { text: "High", bars: 3 },
  urgent: { text: "Urgent", bars: 4 },
};

/** Priority as rising bars and a word. */
export function PriorityMark({ priority }: { priority: Priority }) {
  const { text, bars } = PRIORITIES[priority];
  return (
    <span className={`priority priority-${priority}`}>
      <svg width="16" height="12" viewBox="0 0 16 12" aria-hidden="true">
        {[1, 2, 3, 4].map((bar) => (
          <rect
            key={bar}
            className={bar <= bars ? "on" : "off"}
            x={(bar - 1) * 4}
            y={12 - bar * 3}
            width="2.6"
            height={bar * 3}
            rx="1"
          />
        ))}
      </svg>
      {text}
    </span>
  );
}

/** Signal, noise, or still being classified. */
export function LabelBadge({ message }: { message: Message }) {
  if (message.label === null) return <span className="badge badge-pending">Classifying</span>;
  const share = formatPercent(message.importance ?? 0);
  const text = message.label === "signal" ? "Signal" : "Noise";
  return (
    <span className={`badge badge-${message.label}`} title={`Importance ${share}`}>
      {text}
    </span>
  );
}
