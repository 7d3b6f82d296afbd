import type { Category } from "../../api/types.ts";
import { CategoryBadge } from "../../ui/badges.tsx";
import { Card } from "../../ui/Card.tsx";
import { formatNumber } from "../../ui/format.ts";

const ORDER: readonly Category[] = ["bug", "feature", "question", "chore"];

/** How many tasks of each kind there are. */
export function CategoryCard({ tasks }: { tasks: Record<Category, number> }) {
  const most = Math.max(1, ...ORDER.map((category) => tasks[category]));
  return (
    <Card title="Tasks by kind">
      <ul className="kinds">
        {ORDER.map((category) => (
          <li key={category}>
            <CategoryBadge category={category} />
            <span className="kind-bar" aria-hidden="true">
              <span
                className={`kind-fill kind-${category}`}
                style={{ width: `${(tasks[category] / most) * 100}%` }}
              />
            </span>
            <span className="kind-count">{formatNumber(tasks[category])}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
