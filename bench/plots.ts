// Results as plots: one of ratios, and one for each row with an axis.

import { compare, type RowResult } from './results.ts'
import { spreadOf } from './statistics.ts'
import { kafkaColor, type Line, linePlot, ottlaColor, ratioBars } from './svg.ts'

/** Of every figure of the rows without an axis. */
export function ratioPlot(rows: readonly RowResult[]): string {
  const bars = rows
    .filter(({ axis }) => axis === undefined)
    .flatMap(({ name, figures }) =>
      figures.map((figure) => ({ label: `${name}, ${figure.name}`, ratio: compare(figure).ratio })),
    )
  return ratioBars(
    'Ottla in proportion to Apache Kafka',
    bars.filter(({ ratio }) => ratio > 0 && Number.isFinite(ratio)),
  )
}

/** A panel for each series of the row. */
export function growthPlot({ name, axis, figures }: RowResult): string {
  const panels = [...Map.groupBy(figures, ({ series }) => series!)].map(([series, points]) => {
    const line = (label: string, color: string, side: 'ottla' | 'kafka'): Line => ({
      ...{ label, color },
      points: points.map((point) => [point.at!, spreadOf(point[side]).median]),
    })
    const lines = [line('Ottla', ottlaColor, 'ottla'), line('Apache Kafka', kafkaColor, 'kafka')]
    return { title: `${series}, ${points[0]!.unit}`, xLabel: axis!, lines }
  })
  return linePlot(name, panels)
}
