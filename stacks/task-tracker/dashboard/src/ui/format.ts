const INTEGER = new Intl.NumberFormat("en");
const PERCENT = new Intl.NumberFormat("en", { style: "percent" });
const MOMENT = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

export function formatNumber(value: number): string {
  return INTEGER.format(value);
}

export function formatPercent(share: number): string {
  return PERCENT.format(share);
}

/** Date and time of day, in the reader's time zone. */
export function formatMoment(iso: string): string {
  return MOMENT.format(new Date(iso));
}

export function formatClock(iso: string): string {
  return CLOCK.format(new Date(iso));
}

/** How long ago, in one short word: "now", "40 s", "3 min", "2 h", "5 d". */
export function formatAge(iso: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  if (seconds < 5) return "now";
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
