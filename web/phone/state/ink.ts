/** How does a signature come onto paper? As strokes; black on white, so that it can be printed. */

/** Points of one stroke, between 0 and 1 of the paper. */
export type Stroke = readonly (readonly [number, number])[];

const [WIDTH, HEIGHT] = [900, 300]; // points of the picture, three times what is seen
const PEN = 7;

export function drawn(canvas: HTMLCanvasElement, strokes: readonly Stroke[]): void {
  const ink = blank(canvas);
  for (const stroke of strokes) line(ink, stroke.map(([x, y]) => [x * WIDTH, y * HEIGHT] as const));
}

/** With its paper, which until then only the page draws. */
export function pictureOf(canvas: HTMLCanvasElement): Promise<Blob> {
  const ink = canvas.getContext("2d")!;
  Object.assign(ink, { fillStyle: "#fff", globalCompositeOperation: "destination-over" });
  ink.fillRect(0, 0, WIDTH, HEIGHT);
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture"))), "image/png"));
}

function blank(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  const ink = canvas.getContext("2d")!;
  Object.assign(ink, { strokeStyle: "#111", lineWidth: PEN, lineCap: "round", lineJoin: "round" });
  return ink;
}

/** Through the middles of the points: a hand makes no corners. One point is a dot. */
function line(ink: CanvasRenderingContext2D, points: readonly (readonly [number, number])[]): void {
  const [first, ...rest] = points;
  if (!first) return;
  ink.beginPath();
  ink.moveTo(...first);
  for (const [i, [x, y]] of rest.entries()) {
    const [nextX, nextY] = rest[i + 1] ?? [x, y];
    ink.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  if (rest.length === 0) ink.lineTo(first[0], first[1]);
  ink.stroke();
}
