interface Series {
  name: string;
  dashed: boolean;
  points: readonly { x: number; y: number }[];
}

interface Plot {
  /** What the axes show. */
  x: string;
  y: string;
  series: readonly Series[];
}

const WIDTH = 760;
const HEIGHT = 420;
const LEFT = 56;
const RIGHT = 300;
const TOP = 16;
const BOTTOM = 44;
const COLOURS = ['#1f77b4', '#d62728', '#2ca02c', '#9467bd', '#ff7f0e', '#8c564b', '#17becf'];

/** Lines over two logarithmic axes, as SVG. A name before a comma has one colour. */
export function plot({ x, y, series }: Plot): string {
  const points = series.flatMap((each) => each.points);
  const across = scale(
    points.map((point) => point.x),
    LEFT,
    WIDTH - RIGHT,
  );
  const up = scale(
    points.map((point) => point.y),
    HEIGHT - BOTTOM,
    TOP,
  );
  const families = [...new Set(series.map(({ name }) => name.split(',')[0]))];
  const lines = series.map(({ name, dashed, points: own }, at) => {
    const colour = COLOURS[families.indexOf(name.split(',')[0]) % COLOURS.length]!;
    const dash = dashed ? ' stroke-dasharray="5 4"' : '';
    const path = own.map((point) => `${across.place(point.x)},${up.place(point.y)}`).join(' ');
    const label = TOP + 10 + at * 18;
    const dots = own
      .map((point) => `<circle cx="${across.place(point.x)}" cy="${up.place(point.y)}" r="2.5" fill="${colour}"/>`)
      .join('');
    return (
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"${dash}/>${dots}` +
      `<line x1="${WIDTH - RIGHT + 14}" x2="${WIDTH - RIGHT + 38}" y1="${label}" y2="${label}" ` +
      `stroke="${colour}" stroke-width="1.5"${dash}/>` +
      `<text x="${WIDTH - RIGHT + 44}" y="${label + 4}">${name}</text>`
    );
  });
  const grid = [
    ...across.ticks.map(
      (tick) =>
        `<line x1="${across.place(tick)}" x2="${across.place(tick)}" ` +
        `y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="#ddd"/>` +
        `<text x="${across.place(tick)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${tick}</text>`,
    ),
    ...up.ticks.map(
      (tick) =>
        `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${up.place(tick)}" y2="${up.place(tick)}" stroke="#ddd"/>` +
        `<text x="${LEFT - 6}" y="${up.place(tick) + 4}" text-anchor="end">${tick}</text>`,
    ),
  ];
  const axes =
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${x}</text>` +
    `<text x="14" y="${TOP + 4}">${y}</text>`;
  const font = 'font-family="sans-serif" font-size="12"';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ${font}>
<rect width="100%" height="100%" fill="#fff"/>
${[...grid, axes, ...lines].join('\n')}
</svg>
`;
}

/** From the smallest to the largest value, with ticks at 1, 2 and 5 of each power of ten. */
function scale(values: readonly number[], from: number, to: number): { place(value: number): number; ticks: number[] } {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [bottom, top] = low === high ? [low / 2, high * 2] : [low, high];
  const place = (value: number) =>
    Math.round(from + ((Math.log(value) - Math.log(bottom)) / (Math.log(top) - Math.log(bottom))) * (to - from));
  const powers = Array.from({ length: 12 }, (_, at) => 10 ** (at - 4));
  return {
    place,
    ticks: powers
      .flatMap((power) => [1, 2, 5].map((step) => Number((step * power).toPrecision(1))))
      .filter((tick) => tick >= bottom && tick <= top),
  };
}
