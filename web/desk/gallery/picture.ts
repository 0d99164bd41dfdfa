/** What stands in for a camera in the gallery? Soft shapes on a canvas, never a stock photo. */

type Shape = readonly [fill: string, path: string];
const circle = (x: number, y: number, rx: number, ry = rx): string => `M${x - rx} ${y}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0`;

const CUSTOMER: readonly Shape[] = [
  ["#a9876f", "M0 0h390v844H0z"], ["#cbb092", circle(318, 170, 92)], ["#e6d3b6", circle(318, 170, 52)], ["#7b6155", "M0 560h390v284H0z"],
  ["#b9923c", "M6 844c6-156 70-216 148-236h82c78 20 142 80 148 236H6Z"], ["#6c4531", "M160 524h70v88c-12 36-58 36-70 0v-88Z"], ["#1f1714", circle(195, 360, 112, 108)],
  ["#8a5a3f", "M126 404c0-70 30-100 69-100s69 30 69 100c0 72-25 122-69 122s-69-50-69-122Z"], ["#1f1714", "M120 396c6-62 32-90 75-90s69 28 75 90c-14-32-44-50-75-50s-61 18-75 50Z"],
  ["#2a1a13", "M158 422c6-10 20-10 26 0c-6-5-20-5-26 0M206 422c6-10 20-10 26 0c-6-5-20-5-26 0"], ["#55281f", "M173 474c14 16 30 16 44 0c-14 10-30 10-44 0"],
];
const AGENT: readonly Shape[] = [
  ["#7f9796", "M0 0h390v844H0z"], ["#a9bcba", "M246 96h210v300H246z"], ["#4d6368", "M0 520h120v324H0z"], ["#48605a", circle(62, 470, 56, 88)],
  ["#2f4f5a", "M20 844c4-150 62-214 136-232h78c74 18 132 82 136 232H20Z"], ["#b9825f", "M163 520h64v92c-8 34-56 34-64 0v-92Z"],
  ["#3b2a23", "M112 420c-6-92 26-146 84-146s92 50 86 146c-2 44 6 84-8 110-18 8-138 8-156 0-14-30-4-70-6-110Z"],
  ["#cd9670", "M130 410c0-66 28-96 66-96s66 30 66 96c0 70-24 118-66 118s-66-48-66-118Z"], ["#453128", "M128 416c4-70 40-92 84-112 22 34 50 50 50 108 8-88-16-134-66-134s-76 54-68 138Z"],
];

export function picture(who: "customer" | "agent"): MediaStream {
  const canvas = document.createElement("canvas");
  canvas.width = 390;
  canvas.height = who === "customer" ? 606 : 270;
  const paint = canvas.getContext("2d")!;
  paint.translate(0, who === "customer" ? -120 : -290);
  const draw = (): void => {
    for (const [fill, path] of who === "customer" ? CUSTOMER : AGENT) {
      paint.fillStyle = fill;
      paint.fill(new Path2D(path));
    }
  };
  draw();
  setInterval(draw, 500); // A captured canvas only gives a frame when it is painted.
  return canvas.captureStream(4);
}
