import { useState } from "react";

import type { Trend, TrendPoint } from "../../api/types.ts";
import { Card } from "../../ui/Card.tsx";
import { formatClock, formatNumber } from "../../ui/format.ts";
import { useWidth } from "../../ui/useWidth.ts";
import { bucketName, totals } from "./trend.ts";
import { TrendChart } from "./TrendChart.tsx";

/** Signal and noise over time. */
export function TrendCard({ trend }: { trend: Trend }) {
  const [width, measure] = useWidth();
  const [hovered, hover] = useState<number | null>(null);
  const point = hovered === null ? undefined : trend.points[hovered];
  return (
    <Card title="Signal and noise" aside={<span className="soft">per {bucketName(trend)}</span>}>
      <div className="trend" ref={measure}>
        {width > 0 && <TrendChart trend={trend} width={width} hovered={hovered} onHover={hover} />}
      </div>
      <Legend trend={trend} point={point} />
      <TrendTable trend={trend} />
    </Card>
  );
}

/** Totals of the range, or the figures of the column under the pointer. */
function Legend({ trend, point }: { trend: Trend; point: TrendPoint | undefined }) {
  const { signal, noise } = point ?? totals(trend.points);
  return (
    <p className="trend-legend">
      <span className="key key-signal">Signal {formatNumber(signal)}</span>
      <span className="key key-noise">Noise {formatNumber(noise)}</span>
      <span className="soft">{point ? `at ${formatClock(point.at)}` : "in this range"}</span>
    </p>
  );
}

/** The same figures for people who do not see the chart. */
function TrendTable({ trend }: { trend: Trend }) {
  return (
    <div className="visually-hidden">
      <table>
        <caption>Signal and noise per {bucketName(trend)}</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Signal</th>
            <th scope="col">Noise</th>
          </tr>
        </thead>
        <tbody>
          {trend.points
            .filter(({ signal, noise }) => signal + noise > 0)
            .map(({ at, signal, noise }) => (
              <tr key={at}>
                <th scope="row">{formatClock(at)}</th>
                <td>{signal}</td>
                <td>{noise}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
