// The opposite of pack() in maps.py: base64 -> for each layer its channels' lowest and highest values and all cells.

async function inflate(base64) {
  const stream = new Blob([bytesOf(base64)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

// shapes: [channels, tiles, height, width] of each layer, in order.
async function unpack(base64, top, shapes) {
  const buffer = await inflate(base64);
  const channels = shapes.reduce((sum, [count]) => sum + count, 0);
  const lows = new Float32Array(buffer, 0, channels);
  const highs = new Float32Array(buffer, 4 * channels, channels);
  const steps = top < 256 ? new Uint8Array(buffer, 8 * channels) : new Uint16Array(buffer, 8 * channels);
  let channel = 0;
  let at = 0;
  return shapes.map(([count, tiles, height, width]) => {
    const area = tiles * height * width;
    const values = new Float32Array(count * area);
    for (let c = 0; c < count; c++) {
      const low = lows[channel + c];
      const step = (highs[channel + c] - low) / top;
      for (let i = c * area; i < (c + 1) * area; i++) values[i] = low + steps[at++] * step;
    }
    const layer = { lows: lows.slice(channel, channel + count), highs: highs.slice(channel, channel + count), values, area };
    channel += count;
    return layer;
  });
}
