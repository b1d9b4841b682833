/** A picture in memory: rows from the top, no padding; 1 channel is grey (0 black), 3 are red, green, blue. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** A rectangle in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The grey value that most pixels share: the paper. */
export function paperLevel(gray: Raster): number {
  const histogram = new Uint32Array(256);
  for (const v of gray.data) histogram[v] = (histogram[v] ?? 0) + 1;
  let best = 255;
  let count = 0;
  // Dark borders of a lid must not pass for paper: only the lighter half is asked.
  for (let v = 128; v < 256; v += 1) {
    if ((histogram[v] ?? 0) > count) {
      count = histogram[v] ?? 0;
      best = v;
    }
  }
  return best;
}

/** Half the size, each pixel the mean of four; odd last rows and columns are dropped. */
export function halve(gray: Raster): Raster {
  const width = gray.width >> 1;
  const height = gray.height >> 1;
  const data = new Uint8Array(width * height);
  const { data: from, width: stride } = gray;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const i = 2 * y * stride + 2 * x;
      data[y * width + x] =
        ((from[i] as number) + (from[i + 1] as number) + (from[i + stride] as number) + (from[i + stride + 1] as number) + 2) >> 2;
    }
  }
  return { width, height, channels: 1, data };
}

/**
 * Turns a picture by a small angle about its middle, bilinear, the size kept; corners that come in are paper.
 * @param degrees clockwise
 */
export function rotate(picture: Raster, degrees: number, paper: number): Raster {
  const { width, height, channels, data } = picture;
  const out = new Uint8Array(data.length).fill(paper);
  const radians = (degrees * Math.PI) / 180;
  const cos = Math.cos(radians);
  const sin = Math.sin(radians);
  const cx = (width - 1) / 2;
  const cy = (height - 1) / 2;
  for (let y = 0; y < height; y += 1) {
    let sx = cos * -cx + sin * (y - cy) + cx;
    let sy = -sin * -cx + cos * (y - cy) + cy;
    let o = y * width * channels;
    for (let x = 0; x < width; x += 1, sx += cos, sy -= sin, o += channels) {
      const x0 = Math.floor(sx);
      const y0 = Math.floor(sy);
      if (x0 < 0 || y0 < 0 || x0 >= width - 1 || y0 >= height - 1) continue;
      const fx = sx - x0;
      const fy = sy - y0;
      const at = (y0 * width + x0) * channels;
      const below = at + width * channels;
      for (let c = 0; c < channels; c += 1) {
        const top = (data[at + c] as number) * (1 - fx) + (data[at + channels + c] as number) * fx;
        const bottom = (data[below + c] as number) * (1 - fx) + (data[below + channels + c] as number) * fx;
        out[o + c] = top * (1 - fy) + bottom * fy + 0.5;
      }
    }
  }
  return { width, height, channels, data: out };
}

export function crop(picture: Raster, box: Box): Raster {
  const { channels, width: stride, data } = picture;
  const out = new Uint8Array(box.width * box.height * channels);
  for (let y = 0; y < box.height; y += 1) {
    const from = ((box.y + y) * stride + box.x) * channels;
    out.set(data.subarray(from, from + box.width * channels), y * box.width * channels);
  }
  return { width: box.width, height: box.height, channels, data: out };
}

/** Quarter turns clockwise of a grey picture. */
export function quarterTurn(gray: Raster): Raster {
  const { width, height, data } = gray;
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) out[x * height + (height - 1 - y)] = data[y * width + x] as number;
  return { width: height, height: width, channels: 1, data: out };
}

/**
 * Black and white by the local mean (Bradley and Roth, "Adaptive thresholding using the integral image", 2007): shadows of
 * a fold stay paper, faint stamps stay ink.
 * @returns one byte per pixel, 1 is ink
 */
export function threshold(gray: Raster, dpi: number): Uint8Array {
  const { width, height, data } = gray;
  const radius = Math.max(8, Math.round(dpi / 16));
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y += 1) {
    let row = 0;
    for (let x = 0; x < width; x += 1) {
      row += data[y * width + x] as number;
      sums[(y + 1) * (width + 1) + x + 1] = (sums[y * (width + 1) + x + 1] as number) + row;
    }
  }
  const ink = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const y0 = Math.max(0, y - radius) * (width + 1);
    const y1 = Math.min(height, y + radius + 1) * (width + 1);
    const rows = (y1 - y0) / (width + 1);
    for (let x = 0; x < width; x += 1) {
      const x0 = Math.max(0, x - radius);
      const x1 = Math.min(width, x + radius + 1);
      const mean =
        ((sums[y1 + x1] as number) - (sums[y0 + x1] as number) - (sums[y1 + x0] as number) + (sums[y0 + x0] as number)) /
        ((x1 - x0) * rows);
      const v = data[y * width + x] as number;
      // Solid dark areas are as dark as their surroundings, and still ink.
      if (v < mean * 0.85 || v < 60) ink[y * width + x] = 1;
    }
  }
  return ink;
}
