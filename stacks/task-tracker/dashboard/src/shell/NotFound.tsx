import { Link } from "react-router";

import { EmptyState } from "../ui/states.tsx";

export function NotFound() {
  return (
    <EmptyState icon="search" title="There is no such page">
      <Link to="/">Go to the overview</Link>
    </EmptyState>
  );
}
