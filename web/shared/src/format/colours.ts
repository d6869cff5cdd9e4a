/** Colours `#rrggbb`: how far two stand apart, and shades of one that can be read. */

/** The contrast of two colours (WCAG 2.2, 1.4.3), 1 to 21. */
export function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Black or white, whichever is read better on `ground`. */
export function inkOn(ground: string): string {
  return contrast(ground, "#ffffff") >= contrast(ground, "#000000") ? "#ffffff" : "#000000";
}

/** `colour`, as much nearer to black or white as it takes to stand apart from `ground` by `least`. */
export function readable(colour: string, ground: string, least: number): string {
  const towards = inkOn(ground);
  for (let share = 0; share < 100; share += 5) {
    const shade = mixed(colour, towards, share / 100);
    if (contrast(shade, ground) >= least) return shade;
  }
  return towards;
}

function mixed(one: string, other: string, share: number): string {
  const [from, to] = [parts(one), parts(other)];
  return `#${from.map((part, at) => Math.round(part + (to[at]! - part) * share).toString(16).padStart(2, "0")).join("")}`;
}

function luminance(colour: string): number {
  const [red, green, blue] = parts(colour).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function parts(colour: string): number[] {
  return [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
}
