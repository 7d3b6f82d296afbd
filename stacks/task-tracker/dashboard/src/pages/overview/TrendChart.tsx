import type { PointerEvent } from "react";

import type { Trend, TrendPoint } from "../../api/types.ts";
import { formatClock, formatNumber } from "../../ui/format.ts";
import { highest, roundCeiling } from "./trend.ts";

const HEIGHT = 180;
const LEFT = 34;
const BOTTOM = 22;
const TOP = 8;
const PLOT = HEIGHT - TOP - BOTTOM;

interface TrendChartProps {
  trend: Trend;
  width: number;
  hovered: number | null;
  onHover: (index: number | null) => void;
}

/** Stacked columns; hidden from screen readers, which get the table beside it. */
export function TrendChart({ trend: { points }, width, hovered, onHover }: TrendChartProps) {
  const ceiling = roundCeiling(highest(points));
  const step = (width - LEFT) / Math.max(1, points.length);
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - LEFT;
    const index = Math.floor(x / step);
    onHover(index >= 0 && index < points.length ? index : null);
  };
  return (
    <svg
      className="trend-chart"
      width={width}
      height={HEIGHT}
      aria-hidden="true"
      onPointerMove={point}
      onPointerLeave={() => onHover(null)}
    >
      <Scale ceiling={ceiling} width={width} />
      {points.map((each, index) => (
        <Column
          key={each.at}
          point={each}
          x={LEFT + index * step}
          width={step}
          scale={PLOT / ceiling}
          dimmed={hovered !== null && hovered !== index}
        />
      ))}
      <Times points={points} step={step} width={width} />
    </svg>
  );
}

function Scale({ ceiling, width }: { ceiling: number; width: number }) {
  return [0, ceiling / 2, ceiling].map((value) => {
    const y = TOP + PLOT - (value / ceiling) * PLOT;
    return (
      <g key={value}>
        <line className="trend-line" x1={LEFT} x2={width} y1={y} y2={y} />
        <text className="trend-text" x={LEFT - 8} y={y + 4} textAnchor="end">
          {formatNumber(value)}
        </text>
      </g>
    );
  });
}

interface ColumnProps {
  point: TrendPoint;
  x: number;
  width: number;
  /** Pixels per message. */
  scale: number;
  dimmed: boolean;
}

function Column({ point, x, width, scale, dimmed }: ColumnProps) {
  const gap = Math.min(3, width * 0.25);
  const signal = point.signal * scale;
  const noise = point.noise * scale;
  const ground = TOP + PLOT;
  const shape = { x: x + gap / 2, width: width - gap, rx: Math.min(2, width / 4) };
  return (
    <g className="trend-column" data-dimmed={dimmed}>
      {noise > 0 && (
        <rect {...shape} className="fill-noise" y={ground - signal - noise} height={noise} />
      )}
      {signal > 0 && <rect {...shape} className="fill-signal" y={ground - signal} height={signal} />}
    </g>
  );
}

interface TimesProps {
  points: readonly TrendPoint[];
  step: number;
  width: number;
}

function Times({ points, step, width }: TimesProps) {
  const middle = Math.floor(points.length / 2);
  return (
    <>
      <TimeLabel at={points[0]?.at} x={LEFT} anchor="start" />
      <TimeLabel at={points[middle]?.at} x={LEFT + middle * step} anchor="middle" />
      <text className="trend-text" x={width} y={HEIGHT - 4} textAnchor="end">
        now
      </text>
    </>
  );
}

interface TimeLabelProps {
  at: string | undefined;
  x: number;
  anchor: "start" | "middle";
}

function TimeLabel({ at, x, anchor }: TimeLabelProps) {
  if (at === undefined) return null;
  return (
    <text className="trend-text" x={x} y={HEIGHT - 4} textAnchor={anchor}>
      {formatClock(at)}
    </text>
  );
}
